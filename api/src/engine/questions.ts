import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import { Problem } from '../base/problem.ts'
import { announce, packIds } from '../postgres/announce.ts'
import type { AnySql, Sql } from '../postgres/connect.ts'
import { channels } from '../postgres/listen.ts'
import type { TaskNote } from './notes.ts'
import type { Callback, NewQuestion, Question, QuestionDoor, QuestionForm } from './question-door.ts'
import { type KeyRing, placeOf, type TaskKey } from './seal.ts'
import { shareTaskKeys } from './store/payload.ts'
import {
  answerQuestion,
  closeQuestion,
  findOpenQuestion,
  findQuestion,
  insertQuestion,
  joinQuestion,
  lockQuestion,
  type QuestionRow,
} from './store/question.ts'
import { insertSignals } from './store/signal.ts'
import { findTasks } from './store/task.ts'
import { fieldProblems, type SchemaFieldProblem } from './template/json-schema.ts'

/*
 * A question of a step and its one answer. The token of a callback is made from the key of its task and the id of the row, so an
 * attempt that begins anew hands out the same address, and nothing that opens it is stored.
 */

export interface QuestionStep {
  readonly taskId: string
  readonly stepNo: number
  readonly key: TaskKey
}

export interface QuestionParts {
  readonly sql: Sql
  readonly keys: KeyRing
  readonly clock: Clock
  /** Where this installation is reached from outside. */
  ownUrl(): string
  note(taskId: string, note: TaskNote): Promise<void>
  wake(sql: AnySql, taskIds: readonly string[]): Promise<void>
}

const hashOf = (token: string) => createHash('sha256').update(token).digest()
const nothing = hashOf('')
const tokenOf = (id: string, key: TaskKey) => key.tokenFor(`callback|${id}`)

/** Is this the hash of the token that the key makes for a callback? */
export function isTokenOf(tokenHash: Buffer, key: TaskKey, id: string): boolean {
  return tokenHash.equals(hashOf(tokenOf(id, key)))
}

/** The address that another system may call, with its token. */
export function callbackUrl(ownUrl: string, id: string, key: TaskKey): string {
  return `${ownUrl}/api/callbacks/${id}?t=${tokenOf(id, key)}`
}

/** What somebody sent does not fit the form. */
export class AnswerProblem extends Problem {
  readonly fields: readonly SchemaFieldProblem[]

  constructor(fields: readonly SchemaFieldProblem[]) {
    const message = fields.map((field) => (field.name ? `${field.name}: ${field.message}` : field.message))
    super('invalid-request', `The answer does not fit what was asked for. ${message.join(' ')}`)
    this.fields = fields
  }
}

export class Questions {
  readonly #parts: QuestionParts

  constructor(parts: QuestionParts) {
    this.#parts = parts
  }

  /** What an action of this step may ask. */
  doorOf(step: QuestionStep): QuestionDoor {
    const { sql } = this.#parts
    const { taskId, stepNo, key } = step
    return {
      ask: async (question) => opened(await this.#put(step, 'input', question), key),
      openCallback: async (question): Promise<Callback> => {
        const { id } = await this.#put(step, 'callback', question)
        return { id, token: tokenOf(id, key), url: callbackUrl(this.#parts.ownUrl(), id, key) }
      },
      waitFor: async (id) => openedOrNot(await joinQuestion(sql, taskId, id, stepNo), key),
      close: async (id) => openedOrNot(await closeQuestion(sql, taskId, id), key),
    }
  }

  async #put(step: QuestionStep, kind: 'callback' | 'input', question: NewQuestion): Promise<QuestionRow> {
    const { sql } = this.#parts
    const { taskId, stepNo, key } = step
    const { form, expiresAt, answerers = [], answererGroups = [] } = question
    const known = await findOpenQuestion(sql, taskId, stepNo)
    // After a re-encryption the key makes another token: nobody could call the old one with what we would hand out.
    const isCallable =
      !known?.tokenHash || known.tokenHash.equals(hashOf(key.tokenFor(`callback|${known.id}`)))
    if (known && isCallable) return known
    if (known) await closeQuestion(sql, taskId, known.id)
    // Whoever is asked must see what he is asked about.
    await this.#showTo(taskId, answerers, answererGroups)
    const id = newId()
    const inserted = await insertQuestion(sql, {
      id,
      taskId,
      stepNo,
      kind,
      tokenHash: kind === 'callback' ? hashOf(tokenOf(id, key)) : null,
      form: key.sealJson(form, placeOf.question(stepNo)),
      answerers: [...answerers],
      answererGroups: [...answererGroups],
      waitingSteps: kind === 'input' ? [stepNo] : [],
      expiresAt: expiresAt ?? null,
    })
    // Not looked up again: what was answered in between is no longer open, and would be asked a second time.
    return inserted ?? this.#put(step, kind, question)
  }

  async #showTo(taskId: string, names: readonly string[], groups: readonly string[]): Promise<void> {
    const { sql, note } = this.#parts
    const [task] = names.length + groups.length > 0 ? await findTasks(sql, [taskId]) : []
    if (!task) return
    const watchers = [...new Set([...task.watchers, ...names])]
    const watcherGroups = [...new Set([...task.watcherGroups, ...groups])]
    if (watchers.length === task.watchers.length && watcherGroups.length === task.watcherGroups.length) return
    const people = { watchers, watcherGroups }
    await note(taskId, {
      event: { kind: 'command', name: 'set-people', actor: 'engine', data: people },
      people,
    })
  }

  /**
   * Another system calls: once, with the token, with a body that fits. The answer and the signal are one transaction.
   * Throws `not-found` for a wrong id or token alike, `not-allowed-now` when it was called, is too late or nobody waits,
   * AnswerProblem (`invalid-request`) for a body that does not fit.
   */
  async callIn(id: string, token: string, body: unknown): Promise<void> {
    await this.#answer(id, 'callback', body, (row) => {
      const isRight = timingSafeEqual(row?.tokenHash ?? nothing, hashOf(token))
      if (!row?.tokenHash || !isRight || token === '') {
        throw new Problem('not-found', 'There is no such callback, or its token is another one.', {
          details: { type: 'Callback', id },
        })
      }
      return 'callback'
    })
  }

  /** A person answers; who may was judged before. The same problems. */
  async answerInput(id: string, by: string, answer: unknown): Promise<void> {
    await this.#answer(id, 'input', answer, (row) => {
      if (row?.kind !== 'input') throw notOpen('Nobody is asked for anything here now.')
      return by
    })
  }

  async #answer(
    id: string,
    kind: 'callback' | 'input',
    value: unknown,
    demand: (row: QuestionRow | undefined) => string,
  ): Promise<void> {
    const { sql, wake, clock } = this.#parts
    const asked = await findQuestion(sql, id)
    await sql.begin(async (tx) => {
      // The key first, as everybody who seals for a task takes them: a re-encryption sees the answer or comes before it.
      const key = asked && (await this.#keyOf(tx, asked.taskId))
      const row = await lockQuestion(tx, id)
      const by = demand(row)
      if (!row || !key) return
      demandOpen(row, kind, clock.now())
      const { stepNo } = row
      const { schema } = key.openJson(row.form, placeOf.question(stepNo)) as QuestionForm
      const problems = schema ? fieldProblems(schema, value) : []
      if (problems.length > 0) throw new AnswerProblem(problems)
      await answerQuestion(tx, id, { answer: key.sealJson(value ?? null, placeOf.answer(stepNo)), by })
      const steps = row.waitingSteps.length > 0 ? row.waitingSteps : [stepNo]
      const signals = steps.map((each) => ({ taskId: row.taskId, kind, stepNo: each, actor: by }))
      if ((await insertSignals(tx, signals)).length === 0) throw notOpen('The task that asked is over.')
      await wake(tx, [row.taskId])
      await announce(tx, channels.signals, packIds([row.taskId]))
    })
  }

  async #keyOf(tx: AnySql, taskId: string): Promise<TaskKey> {
    const [sealed] = await shareTaskKeys(tx, [taskId])
    if (!sealed) throw notOpen('The task that asked is gone.')
    return this.#parts.keys.open(taskId, sealed.keyId, sealed.wrappedKey)
  }
}

function notOpen(message: string): Problem {
  return new Problem('not-allowed-now', message)
}

function demandOpen(row: QuestionRow, kind: 'callback' | 'input', now: Date): void {
  if (row.answeredAt)
    throw notOpen(kind === 'callback' ? 'It was called before.' : 'Somebody has answered already.')
  if (row.closedAt || (row.expiresAt && row.expiresAt <= now))
    throw notOpen('It is too late: nobody waits for this any more.')
}

/** What stands in a row, opened. */
export function opened(row: QuestionRow, key: TaskKey): Question {
  const { id, stepNo, answer, answeredAt, answeredBy } = row
  return {
    id,
    form: key.openJson(row.form, placeOf.question(stepNo)) as QuestionForm,
    expiresAt: row.expiresAt ?? undefined,
    answer:
      answer && answeredAt
        ? { value: key.openJson(answer, placeOf.answer(stepNo)), at: answeredAt, by: answeredBy ?? '' }
        : undefined,
    isClosed: row.closedAt !== null,
  }
}

function openedOrNot(row: QuestionRow | undefined, key: TaskKey): Question | undefined {
  return row && opened(row, key)
}
