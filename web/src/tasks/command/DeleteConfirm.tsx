import { Button, Modal, ModalBody, ModalFooter, ModalHeader, Spinner } from '@patternfly/react-core'
import { counted } from '@stint/schema/counted'
import type { ResultOf } from 'gql.tada'
import { graphql } from '../../client/gql.ts'
import type { PageProblem } from '../../client/problems.ts'
import { usePageQuery } from '../../client/query.ts'
import { DangerConfirm } from '../../kit/DangerConfirm.tsx'
import { ProblemAlert } from '../../kit/ProblemAlert.tsx'
import type { LiveTask } from '../words.ts'
import { whatGoes, wordToType } from './deletion.ts'

const DeletionPlanQuery = graphql(`
  query DeletionPlan($ids: [ID!]!) {
    deletionPlan(ids: $ids) {
      tasks
      children
      attempts
      kept {
        taskId
        message
      }
    }
  }
`)

type Plan = ResultOf<typeof DeletionPlanQuery>['deletionPlan']
type Named = Pick<LiveTask, 'id' | 'title'>

interface DeleteConfirmProps {
  readonly tasks: readonly Named[]
  readonly isRunning?: boolean
  readonly problem?: PageProblem
  readonly onConfirm: (reason: string) => void
  readonly onClose: () => void
}

const named = 5

/** The question before tasks are deleted for good: what goes with them, and what stays and why, as it is now. */
export function DeleteConfirm({ tasks, isRunning = false, problem, onConfirm, onClose }: DeleteConfirmProps) {
  const ids = tasks.map(({ id }) => id)
  const { data, problem: unknown } = usePageQuery(DeletionPlanQuery, { ids })
  const plan = data?.deletionPlan
  const kept = new Set(plan?.kept.map(({ taskId }) => taskId))
  const going = tasks.filter(({ id }) => !kept.has(id))
  if (plan?.tasks === 0) return <NothingGoes plan={plan} tasks={tasks} onClose={onClose} />
  return (
    <DangerConfirm
      title={tasks.length === 1 ? 'Delete this task?' : `Delete ${counted(going.length, 'task')}?`}
      verb={tasks.length === 1 ? 'Delete task' : `Delete ${counted(going.length, 'task')}`}
      word={wordToType(going.length)}
      isReady={plan !== undefined}
      isRunning={isRunning}
      problem={problem}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <Titles tasks={going} />
      {unknown && <ProblemAlert problem={unknown} title="What would go could not be told." />}
      {!plan && !unknown && <Spinner size="md" aria-label="Looking at what would go" />}
      {plan && <PlanText plan={plan} tasks={tasks} />}
    </DangerConfirm>
  )
}

function NothingGoes({ onClose, ...told }: PlanProps & { readonly onClose: () => void }) {
  return (
    <Modal variant="small" isOpen onClose={onClose} aria-labelledby="nothing-goes-title">
      <ModalHeader title="Cannot be deleted now" labelId="nothing-goes-title" />
      <ModalBody>
        <div className="st-stack">
          {told.tasks.length === 1 && <Titles tasks={told.tasks} />}
          <PlanText {...told} />
        </div>
      </ModalBody>
      <ModalFooter>
        <Button variant="secondary" onClick={onClose}>
          Close
        </Button>
      </ModalFooter>
    </Modal>
  )
}

function Titles({ tasks }: { readonly tasks: readonly Named[] }) {
  const [only, ...others] = tasks
  if (only && others.length === 0) return <strong className="st-break">{only.title}</strong>
  return (
    <ul className="st-bullets">
      {tasks.slice(0, named).map((task) => (
        <li key={task.id} className="st-break">
          {task.title}
        </li>
      ))}
      {tasks.length > named && <li>and {counted(tasks.length - named, 'more', 'more')}</li>}
    </ul>
  )
}

interface PlanProps {
  readonly plan: Plan
  readonly tasks: readonly Named[]
}

function PlanText({ plan, tasks }: PlanProps) {
  const titles = new Map(tasks.map(({ id, title }) => [id, title]))
  return (
    <>
      {plan.tasks > 0 && <p>{whatGoes(plan)}</p>}
      {plan.kept.length > 0 && (
        <div>
          {plan.tasks > 0 && <p>These stay:</p>}
          <ul className="st-bullets" aria-label="What stays">
            {plan.kept.slice(0, named).map(({ taskId, message }) => (
              <li key={taskId} className="st-break">
                {tasks.length > 1 && `${titles.get(taskId)}: `}
                {message}
              </li>
            ))}
            {plan.kept.length > named && <li>and {plan.kept.length - named} more</li>}
          </ul>
        </div>
      )}
    </>
  )
}
