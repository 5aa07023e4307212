import { document } from '../server/document.ts'

export interface ExecutorLine {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly version: string
  readonly region: string | null
  readonly role: string
  readonly state: string
  readonly capacity: number
  readonly startedAt: string
  readonly heartbeatAt: string
  readonly tasks: number
  readonly running: number
  readonly hints: number
  readonly takeovers: number
  readonly flushesPerSecond: number | null
  readonly isLeader: boolean
}

const line =
  'id host pid version region role state capacity startedAt heartbeatAt tasks running hints takeovers flushesPerSecond isLeader'

export interface EngineFigures {
  readonly hints: number
  readonly waiting: number
  readonly oldestWaitingSeconds: number | null
  readonly takeovers: number
  readonly foundByNet: number
  readonly countsRepaired: number
}

export const executorsDocument = document<
  { executors: readonly ExecutorLine[]; engine: EngineFigures },
  Record<string, never>
>(
  `query CliExecutors { executors { ${line} } engine { hints waiting oldestWaitingSeconds takeovers foundByNet countsRepaired } }`,
)

export const drainDocument = document<{ drainExecutor: ExecutorLine }, { id: string; drain: boolean }>(
  `mutation CliDrain($id: ID!, $drain: Boolean) { drainExecutor(id: $id, drain: $drain) { ${line} } }`,
)
