import type { Template } from '@stint/schema/template-types'
import type { OutputStream } from '@stint/schema/words'
import type {
  AttemptKey,
  OutputChunk,
  TaskCommand,
  TaskEngine,
  TaskValues,
  Why,
} from '../domains/tasks/model.ts'
import type { Sql } from '../postgres/connect.ts'

/**
 * What reading tests need of an engine: values that the test put here, and logs of rows that World wrote in clear.
 * Commands are only noted. Whatever is about running is tested with the real one.
 */
export class PlainEngine implements TaskEngine {
  readonly commands: { taskId: string; command: TaskCommand; actor: string }[] = []
  readonly why = new Map<string, Why>()
  readonly values = new Map<string, TaskValues>()
  readonly definitions = new Map<string, Template>()
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  async command(taskId: string, command: TaskCommand, actor: string): Promise<void> {
    this.commands.push({ taskId, command, actor })
  }

  async whyNotRunning(): Promise<ReadonlyMap<string, Why>> {
    return this.why
  }

  async readAttemptValues(keys: readonly AttemptKey[]) {
    return keys.map(({ stepNo, no }) => ({ output: { stepNo, no } }))
  }

  async readTaskValues(): Promise<ReadonlyMap<string, TaskValues>> {
    return this.values
  }

  async readDefinitions(): Promise<ReadonlyMap<string, Template>> {
    return this.definitions
  }

  async readItems(keys: readonly unknown[]): Promise<readonly unknown[]> {
    return keys.map(() => null)
  }

  async readLog(taskId: string, stepNo: number, attemptNo: number, after: number, limit: number) {
    const rows = await this.#sql<{ seq: number; stream: OutputStream; at: Date; data: Buffer }[]>`
      /* plainLog */
      select seq, stream, at, data
      from output
      where task_id = ${taskId} and step_no = ${stepNo} and attempt_no = ${attemptNo} and seq > ${after}
      order by seq
      limit ${limit}
    `
    return rows.map(
      ({ data, ...row }): OutputChunk => ({ taskId, stepNo, attemptNo, ...row, text: data.toString() }),
    )
  }
}
