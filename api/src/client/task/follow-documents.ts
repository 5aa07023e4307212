import { document } from '../server/document.ts'
import { line, type TaskLine } from './documents.ts'

export interface FollowedTask extends TaskLine {
  readonly stepCount: number
  readonly lastSeq: number
}

/** At once and on every change. */
export const taskChangedDocument = document<{ taskChanged: FollowedTask }, { id: string }>(
  `subscription CliTaskChanged($id: ID!) { taskChanged(id: $id) { ${line} stepCount lastSeq } }`,
)

export interface TaskEvent {
  readonly seq: number
  readonly at: string
  readonly kind: string
  readonly name: string
  readonly stepNo: number | null
  readonly actor: string | null
  readonly data: unknown
}

export const taskEventsDocument = document<{ taskEvents: TaskEvent }, { id: string; after: number }>(`
  subscription CliTaskEvents($id: ID!, $after: Int) {
    taskEvents(id: $id, after: $after) { seq at kind name stepNo actor data }
  }`)

export interface OutputChunk {
  readonly stepNo: number
  readonly attemptNo: number
  readonly seq: number
  readonly stream: 'STDOUT' | 'STDERR' | 'LOG'
  readonly at: string
  readonly text: string
}

/** Behind which chunk of which attempt. */
export interface OutputPlace {
  readonly taskId: string
  readonly stepNo: number
  readonly attemptNo: number
  after: number
}

export const stepOutputDocument = document<{ stepOutput: OutputChunk }, OutputPlace>(`
  subscription CliStepOutput($taskId: ID!, $stepNo: Int!, $attemptNo: Int, $after: Int) {
    stepOutput(taskId: $taskId, stepNo: $stepNo, attemptNo: $attemptNo, after: $after) {
      stepNo attemptNo seq stream at text
    }
  }`)

export const stepLogDocument = document<
  { task: { readonly step: { readonly log: readonly OutputChunk[] } | null } | null },
  OutputPlace
>(`
  query CliStepLog($taskId: ID!, $stepNo: Int!, $attemptNo: Int, $after: Int) {
    task(id: $taskId) {
      step(no: $stepNo) { log(attemptNo: $attemptNo, after: $after) { stepNo attemptNo seq stream at text } }
    }
  }`)
