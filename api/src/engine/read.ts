import type { Template } from '@stint/schema/template-types'
import type { OutputStream } from '@stint/schema/words'
import type { AnySql } from '../postgres/connect.ts'
import type { ActionRegistry } from './action.ts'
import { type OpenedQuestion, openQuestion } from './read-question.ts'
import { Masker, type SharedSecrets } from './run/mask.ts'
import { type Plan, planOf } from './run/plan.ts'
import { maskInputs, secretsOf } from './run/task-values.ts'
import { isWrongKey, type KeyRing, placeOf, type TaskKey } from './seal.ts'
import { findAttempts, findLastAttempts, type StoredAttempt } from './store/attempt.ts'
import { findOutput } from './store/output.ts'
import { findPayloads, findTaskKeys, type PayloadRow } from './store/payload.ts'
import { findLastQuestions } from './store/question.ts'

/** What the engine keeps sealed, opened for people. Secrets typed into password fields are masked wherever they turn up. */
export interface ReaderParts {
  readonly sql: AnySql
  readonly keys: KeyRing
  readonly registry: ActionRegistry
  readonly secrets?: SharedSecrets | undefined
  templateOf(templateId: string): Promise<Template>
  ownUrl?(): string
}

export interface TaskValues {
  readonly input: Record<string, unknown>
  readonly resolverInput: Record<string, unknown> | undefined
  /** Rendered result_format; absent until the task stopped, or when the template has none. */
  readonly outcome: unknown
  /** The definition the task runs, whatever became of the template since. */
  readonly definition: Template | undefined
}

export interface OpenAttempt {
  readonly stepNo: number
  readonly no: number
  readonly tryNo: number
  readonly state: string
  readonly executorId: string | undefined
  readonly startedAt: Date
  readonly endedAt: Date
  readonly output: unknown
  readonly metadata: Record<string, unknown> | undefined
  /** Of a loop: the list that it came to. */
  readonly items: readonly unknown[] | undefined
  readonly error: { readonly message: string; readonly kind: string; readonly detail?: string } | undefined
  readonly errorSummary: string | undefined
}

export interface LogChunk {
  readonly stepNo: number
  readonly attemptNo: number
  readonly seq: number
  readonly stream: OutputStream
  readonly at: Date
  readonly text: string
}

interface TaskRef {
  readonly id: string
  readonly templateId: string | null
}

export class Reader {
  readonly #parts: ReaderParts

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  /** Inputs, result and definition of one task; password inputs are masked. Undefined when it does not exist. */
  async values(task: TaskRef): Promise<TaskValues | undefined> {
    const [payload] = await findPayloads(this.#parts.sql, [task.id])
    if (!payload) return undefined
    const { key, masker, input, resolverInput, plan } = await this.#open(task, payload)
    return {
      input: maskInputs(plan?.template, input, masker),
      resolverInput: payload.resolverInput ? maskInputs(plan?.template, resolverInput, masker) : undefined,
      outcome: payload.result ? masker.maskDeep(key.openJson(payload.result, placeOf.result)) : undefined,
      definition: plan?.template,
    }
  }

  /** Attempts and log are read before the key that opens them: in between, the task may have been given another one. */
  async #again<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read()
    } catch (error) {
      if (!isWrongKey(error)) throw error
      return read()
    }
  }

  /** Every recorded attempt of these steps, newest first; empty for steps that never ended a try. */
  async attempts(task: TaskRef, stepNos: readonly number[]): Promise<OpenAttempt[]> {
    return this.#again(async () =>
      this.#attempts(task, await findAttempts(this.#parts.sql, keysOf(task, stepNos))),
    )
  }

  /** Only the newest recorded attempt of each step. */
  async lastAttempts(task: TaskRef, stepNos: readonly number[]): Promise<OpenAttempt[]> {
    return this.#again(async () =>
      this.#attempts(task, await findLastAttempts(this.#parts.sql, keysOf(task, stepNos))),
    )
  }

  /** The newest question of each of these steps, of any tasks, also of those that wait for another step's. */
  async questions(keys: readonly { task: TaskRef; stepNo: number }[]): Promise<OpenedQuestion[]> {
    return this.#again(async () => {
      const { sql, ownUrl } = this.#parts
      const rows = await findLastQuestions(
        sql,
        keys.map(({ task, stepNo }) => ({ taskId: task.id, stepNo })),
      )
      if (rows.length === 0) return []
      const tasks = new Map(keys.map(({ task }) => [task.id, task]))
      const payloads = await findPayloads(sql, [...new Set(rows.map((row) => row.taskId))])
      const opened = payloads.map(async (payload) => {
        const { key, masker } = await this.#open(tasks.get(payload.taskId) as TaskRef, payload)
        const own = rows.filter((row) => row.taskId === payload.taskId)
        return own.map((row) => openQuestion(row, key, masker, ownUrl?.() ?? ''))
      })
      return (await Promise.all(opened)).flat()
    })
  }

  /** Chunks of an attempt's log after a sequence number, in order. They were masked before they were stored. */
  async log(
    taskId: string,
    stepNo: number,
    attemptNo: number,
    after: number,
    limit: number,
  ): Promise<LogChunk[]> {
    return this.#again(() => this.#log(taskId, stepNo, attemptNo, after, limit))
  }

  async #log(
    taskId: string,
    stepNo: number,
    attemptNo: number,
    after: number,
    limit: number,
  ): Promise<LogChunk[]> {
    const rows = await findOutput(this.#parts.sql, { taskId, stepNo, attemptNo }, after, limit)
    if (rows.length === 0) return []
    const [sealed] = await findTaskKeys(this.#parts.sql, [taskId])
    if (!sealed) return []
    const key = this.#parts.keys.open(taskId, sealed.keyId, sealed.wrappedKey)
    return rows.map(({ seq, stream, at, data }) => ({
      stepNo,
      attemptNo,
      seq,
      stream,
      at,
      text: key.openText(data, placeOf.chunk(stepNo, attemptNo, seq)),
    }))
  }

  async #attempts(task: TaskRef, rows: readonly StoredAttempt[]): Promise<OpenAttempt[]> {
    if (rows.length === 0) return []
    const [payload] = await findPayloads(this.#parts.sql, [task.id])
    if (!payload) return []
    const { key, masker } = await this.#open(task, payload)
    return rows.map((row) => openAttempt(row, key, masker))
  }

  async #open(task: TaskRef, payload: PayloadRow) {
    const key = this.#parts.keys.open(task.id, payload.keyId, payload.wrappedKey)
    const json = (sealed: Buffer | null, place: string) =>
      (sealed ? key.openJson(sealed, place) : {}) as Record<string, unknown>
    const input = json(payload.input, placeOf.input)
    const resolverInput = json(payload.resolverInput, placeOf.resolverInput)
    const plan = await this.#planOf(task, payload, key)
    const masker = new Masker(plan ? secretsOf(plan, input, resolverInput) : [], this.#parts.secrets)
    return { key, masker, input, resolverInput, plan }
  }

  async #planOf(task: TaskRef, payload: PayloadRow, key: TaskKey): Promise<Plan | undefined> {
    if (task.templateId) return planOf(await this.#parts.templateOf(task.templateId), this.#parts.registry)
    if (!payload.definition) return undefined
    return planOf(key.openJson(payload.definition, placeOf.definition) as Template, this.#parts.registry)
  }
}

function keysOf(task: TaskRef, stepNos: readonly number[]) {
  return stepNos.map((stepNo) => ({ taskId: task.id, stepNo }))
}

function openAttempt(row: StoredAttempt, key: TaskKey, masker: Masker): OpenAttempt {
  const output = row.output ? key.openJson(row.output, placeOf.attemptOutput(row.stepNo, row.no)) : {}
  const error = row.error ? key.openJson(row.error, placeOf.attemptError(row.stepNo, row.no)) : undefined
  const {
    output: value,
    metadata,
    items,
  } = masker.maskDeep(output) as Pick<OpenAttempt, 'metadata' | 'items'> & { output?: unknown }
  return {
    stepNo: row.stepNo,
    no: row.no,
    tryNo: row.tryNo,
    state: row.state,
    executorId: row.executorId ?? undefined,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    output: value,
    metadata,
    items,
    error: masker.maskDeep(error) as OpenAttempt['error'],
    errorSummary: row.errorSummary ?? undefined,
  }
}
