import { type FragmentOf, readFragment } from 'gql.tada'
import { graphql } from '../../client/gql.ts'
import { usePageQuery } from '../../client/query.ts'
import { useSteadily } from '../../client/steady.ts'
import { Empty } from '../../kit/Empty.tsx'
import { QueryState } from '../../kit/QueryState.tsx'
import { StepRow } from '../fragments.ts'
import { type LiveTask, stepsVersion } from '../words.ts'
import { StepPanel } from './StepPanel.tsx'

const UnlistedStepQuery = graphql(
  `
    query UnlistedStep($id: ID!, $no: Int!) {
      task(id: $id) {
        id
        step(no: $no) {
          taskId
          no
          ...StepRow_step
        }
      }
    }
  `,
  [StepRow],
)

const everyMs = 700

/** A step that the list does not show: an item of a loop. */
export function UnlistedStep({ task, no }: { task: LiveTask; no: number }) {
  const { data, problem, refetch } = usePageQuery(UnlistedStepQuery, { id: task.id, no })
  useSteadily(stepsVersion(task), refetch, { everyMs })
  return (
    <QueryState data={data?.task ?? undefined} problem={problem} onRetry={refetch}>
      {({ step }) => (step ? <Shown task={task} step={step} /> : <Missing no={no} />)}
    </QueryState>
  )
}

const Missing = ({ no }: { no: number }) => (
  <Empty title={`There is no step ${no}`} level="h3" isSmall>
    Choose one from the list.
  </Empty>
)

function Shown({ task, step }: { task: LiveTask; step: FragmentOf<typeof StepRow> }) {
  return <StepPanel task={task} row={readFragment(StepRow, step)} isAbove={false} />
}
