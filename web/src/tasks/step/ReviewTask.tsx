import { graphql } from '../../client/gql.ts'
import { nodesOf } from '../../client/nodes.ts'
import { usePageQuery } from '../../client/query.ts'
import { DialogState } from '../command/DialogState.tsx'
import { ReviewModal } from './ReviewModal.tsx'

const InterruptedSteps = graphql(`
  query InterruptedSteps($id: ID!) {
    task(id: $id) {
      id
      steps(first: 1, states: ["CRASHED"]) {
        edges {
          node {
            taskId
            no
            name
          }
        }
      }
    }
  }
`)

interface ReviewTaskProps {
  readonly taskId: string
  readonly onClose: () => void
}

/** The first interrupted step of a task, to be decided about without leaving the page. */
export function ReviewTask({ taskId, onClose }: ReviewTaskProps) {
  const { data, problem, refetch } = usePageQuery(InterruptedSteps, { id: taskId })
  const steps = data?.task && nodesOf(data.task.steps)
  const step = steps?.[0]
  const gone = { code: 'not-found' as const, message: 'Somebody has decided about it already.', fields: [] }
  return (
    <DialogState
      title="Review"
      data={step}
      problem={steps && !step ? gone : problem}
      onRetry={refetch}
      onClose={onClose}
    >
      {(found) => <ReviewModal taskId={taskId} step={found} onClose={onClose} />}
    </DialogState>
  )
}
