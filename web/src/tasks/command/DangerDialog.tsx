import { Spinner } from '@patternfly/react-core'
import { graphql } from '../../client/gql.ts'
import { useAction } from '../../client/mutation.ts'
import { usePageQuery } from '../../client/query.ts'
import { DangerConfirm } from '../../kit/DangerConfirm.tsx'
import { ProblemAlert } from '../../kit/ProblemAlert.tsx'
import { Sentence } from '../../kit/Sentence.tsx'
import { TaskState } from '../fragments.ts'
import { type DangerousCommand, taskVerbs } from '../verbs.ts'
import type { LiveTask } from '../words.ts'

const ForceCancelTask = graphql(
  `mutation ForceCancelTask($input: DangerousCommandInput!) { forceCancelTask(input: $input) { id ...TaskState_task } }`,
  [TaskState],
)
const UnlockTask = graphql(
  `mutation UnlockTask($input: DangerousCommandInput!) { unlockTask(input: $input) { id ...TaskState_task } }`,
  [TaskState],
)
const ForceUnlockTask = graphql(
  `mutation ForceUnlockTask($input: DangerousCommandInput!) { forceUnlockTask(input: $input) { id ...TaskState_task } }`,
  [TaskState],
)

const mutations = {
  FORCE_CANCEL: ForceCancelTask,
  UNLOCK: UnlockTask,
  FORCE_UNLOCK: ForceUnlockTask,
} as const

const ConsequencesQuery = graphql(`
  query Consequences($id: ID!, $verb: TaskVerb!) {
    task(id: $id) {
      id
      consequences(verb: $verb)
    }
  }
`)

interface DangerDialogProps {
  readonly task: Pick<LiveTask, 'id' | 'title'>
  readonly command: DangerousCommand
  readonly onClose: () => void
}

/** The question before a command that may do harm, with what the server knows would happen now. */
export function DangerDialog({ task, command, onClose }: DangerDialogProps) {
  const { data, problem, refetch } = usePageQuery(ConsequencesQuery, { id: task.id, verb: command })
  const give = useAction(mutations[command])
  const { title, consequence } = taskVerbs[command]
  const consequences = data?.task?.consequences
  const confirm = async (reason: string) => {
    const { problem: met } = await give.run({ input: { taskId: task.id, reason, confirm: true } })
    // What it would do may have changed meanwhile, and may be why it was refused.
    if (met) refetch()
    else onClose()
  }
  return (
    <DangerConfirm
      title={`${title} this task?`}
      verb={`${title} task`}
      word={title.toLowerCase()}
      isReady={consequences !== undefined}
      isRunning={give.isRunning}
      problem={give.problem}
      onConfirm={(reason) => void confirm(reason)}
      onClose={onClose}
    >
      <p>
        <strong className="st-break">{task.title}</strong>
      </p>
      {(!consequences || consequences.length === 0) && <p>{consequence}</p>}
      {problem && <ProblemAlert problem={problem} title="What would happen could not be told." />}
      {!consequences && !problem && <Spinner size="md" aria-label="Looking at what would happen" />}
      {consequences && consequences.length > 0 && (
        <ul className="st-bullets" aria-label="What would happen now">
          {consequences.map((sentence) => (
            <li key={sentence}>
              <Sentence text={sentence} />
            </li>
          ))}
        </ul>
      )}
    </DangerConfirm>
  )
}
