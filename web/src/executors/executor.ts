import type { ResultOf } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { sentenceCase } from '../client/words.ts'
import type { Status, Tone } from '../kit/status.ts'

export const ExecutorRow = graphql(`
  fragment ExecutorRow_executor on Executor {
    id
    host
    pid
    version
    region
    role
    state
    capacity
    startedAt
    heartbeatAt
    tasks
    hints
    running
    takeovers
    flushesPerSecond
    isLeader
  }
`)

export type Executor = ResultOf<typeof ExecutorRow>

const tones: Record<Executor['state'], Tone> = {
  ALIVE: 'success',
  DRAINING: 'paused',
  STOPPED: 'cancelled',
  DEAD: 'error',
}

export const executorStatus = ({ state }: Pick<Executor, 'state'>): Status => ({
  tone: tones[state],
  word: sentenceCase(state),
})
