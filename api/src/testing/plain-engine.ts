import type { OutputStream } from '@stint/schema/words'
import type { ChannelParts } from '../domains/channels/tell.ts'
import type { OutputChunk, TaskEngine } from '../domains/tasks/model.ts'
import type { Sql } from '../postgres/connect.ts'
import { testKeys } from './engine.ts'

/** Reads logs that World wrote in clear, and nothing else: whatever is about running is tested with the real engine. */
export function plainEngine(sql: Sql): TaskEngine {
  const none = async () => undefined
  return {
    createTask: () => Promise.reject(new Error('this engine only reads')),
    command: none,
    comment: none,
    checkApproval: async (_, given) => ({ problems: [], values: { ...given } }),
    editRequest: async () => [],
    startOver: none,
    note: none,
    outside: { questions: { answerInput: none } },
    orderDrain: async () => false,
    reader: {
      values: none,
      attempts: async () => [],
      lastAttempts: async () => [],
      questions: async () => [],
      log: async (taskId, stepNo, attemptNo, after, limit) => {
        const rows = await sql<{ seq: number; stream: OutputStream; at: Date; data: Buffer }[]>`
          /* plainLog */
          select seq, stream, at, data
          from output
          where task_id = ${taskId} and step_no = ${stepNo} and attempt_no = ${attemptNo} and seq > ${after}
          order by seq
          limit ${limit}
        `
        return rows.map(
          ({ data, ...row }): OutputChunk => ({ stepNo, attemptNo, ...row, text: data.toString() }),
        )
      },
    },
  }
}

/** Channels that can be saved and read; whatever is delivered is tested with the real engine. */
export function plainChannels(sql: Sql): ChannelParts {
  const { command, createTask } = plainEngine(sql)
  return { keys: testKeys(), engine: { command, createTask, waitForStop: async () => false } }
}
