import type { Logger } from '../base/log.ts'
import type { Sql } from '../postgres/connect.ts'
import type { TaskRun } from './run/task-run.ts'
import { bearingSteps } from './run/waiting.ts'
import { findLivingChildren } from './store/child.ts'
import { findDependencies } from './store/dependency.ts'
import { findHeldTasks, findSignals, type SignalRow } from './store/signal.ts'
import { findOwnedTasks, findTasks, ownersOfTasks, type TaskRow } from './store/task.ts'

export interface MailOptions {
  readonly sql: Sql
  readonly log: Logger
  readonly executorId: string
  /** The runners of this executor by task. */
  readonly runs: ReadonlyMap<string, TaskRun>
  /** Claims that have not come back, by task. */
  readonly claiming: ReadonlyMap<string, Promise<unknown>>
  /** Makes runners for rows that are ours. */
  take(rows: readonly TaskRow[]): Promise<void>
  /** A task that was handed back has mail that nobody else may know of. */
  takeAgain(taskId: string): void
}

/**
 * Between two looks for all tasks that are ours. Their index keeps what a long snapshot may see, everything that ever ran here: a
 * look took 16 ms after 150 s of it, and grew. What is known to run is looked up by its id after every beat.
 */
const beatsBetweenLooks = 15

/** Times that one process tries to bring a task to rest of which the database takes no word. */
const refusalsMax = 3

/**
 * Brings signals to the runners of one executor, and tells them when their task is no longer theirs. Notifications make it
 * quick; each heartbeat compares with the rows, so a lost one costs two seconds.
 */
export class Mail {
  /** Tasks that were ours without a runner; 0 unless something is wrong. */
  forgotten = 0
  readonly #options: MailOptions
  /** Tasks that may be ours without a runner: to be looked at after the next beat. */
  readonly #unknown = new Set<string>()
  /** Found so and being taken up now: read anew until that works, while beats go on. */
  readonly #taking = new Set<string>()
  #beats = 0
  readonly #refusals = new Map<string, number>()

  constructor(options: MailOptions) {
    this.#options = options
  }

  /** Mail has come for tasks that are held here; other ids are none of ours. */
  heard(ids: readonly string[]): void {
    const { runs, claiming } = this.#options
    const held = ids.filter((id) => runs.has(id))
    if (held.length > 0) void this.deliver(held)
    // Its mail may have been read a moment before this one was sent.
    for (const id of ids) {
      void claiming.get(id)?.then(() => {
        if (runs.has(id)) void this.deliver([id])
      })
    }
  }

  /** Is there mail for this task that was not applied yet? */
  async hasAny(taskId: string): Promise<boolean> {
    return (await findSignals(this.#options.sql, [taskId])).length > 0
  }

  /** Reads the mail of these tasks and hands it over. Never throws. */
  async deliver(ids: readonly string[]): Promise<void> {
    const { sql, log, runs, takeAgain } = this.#options
    try {
      const signals = await findSignals(sql, ids)
      const byTask = Map.groupBy(signals, (signal) => signal.taskId)
      for (const id of ids) {
        const run = runs.get(id)
        if (!run) {
          // Handed back while the mail was read.
          if (byTask.has(id)) takeAgain(id)
          continue
        }
        await this.#refreshDependencies(run, byTask.get(id) ?? [])
        await this.#refreshChildren(run, byTask.get(id) ?? [])
        run.receive(byTask.get(id) ?? [])
      }
    } catch (error) {
      // The next heartbeat asks again.
      log.warn({ err: error }, 'signals not read')
    }
  }

  async #refreshDependencies(run: TaskRun, signals: readonly { kind: string }[]): Promise<void> {
    if (!signals.some((signal) => signal.kind === 'dependency' || signal.kind === 'resolve')) return
    run.dependencies = await findDependencies(this.#options.sql, run.id)
  }

  /** Read after the signals: a child that comes to rest later than this read has sent one that is still to come. */
  async #refreshChildren(run: TaskRun, signals: readonly SignalRow[]): Promise<void> {
    if (!run.plan.bearsChildren || signals.length === 0) return
    const told = signals.every((signal) => signal.kind === 'subtask')
      ? [...new Set(signals.map((signal) => signal.stepNo))]
      : bearingSteps(run.plan, run.steps.rows)
    const keys = told.flatMap((stepNo) => (stepNo === null ? [] : [{ taskId: run.id, stepNo }]))
    if (keys.length > 0) run.children.learn(await findLivingChildren(this.#options.sql, keys))
  }

  /** Of these tasks, those that somebody took away: what runs of them here is ended, nothing of it is written. Never throws. */
  async fence(ids: readonly string[]): Promise<void> {
    const { sql, log, runs } = this.#options
    const held = ids.filter((id) => runs.has(id))
    if (held.length === 0) return
    try {
      for (const { id, epoch } of await ownersOfTasks(sql, held)) {
        const run = runs.get(id)
        if (run && run.facts.epoch < epoch) run.abandon('fenced')
      }
    } catch (error) {
      log.warn({ err: error }, 'owners not read')
    }
  }

  /** Ours without a runner: it is looked at after the next beat. */
  lookAgain(taskId: string): void {
    this.#unknown.add(taskId)
  }

  /** Not even its rest could be written. */
  leaveAlone(taskId: string): void {
    const tries = (this.#refusals.get(taskId) ?? 0) + 1
    this.#refusals.set(taskId, tries)
    this.lookAgain(taskId)
    if (tries >= refusalsMax)
      this.#options.log.error({ taskId, tries }, 'the database takes no word about a task: it is left alone')
  }

  #isLeftAlone(taskId: string): boolean {
    return (this.#refusals.get(taskId) ?? 0) >= refusalsMax
  }

  /** A lost notification costs one heartbeat, neither the signal nor the fence. */
  async afterBeat(): Promise<void> {
    const { sql, log, runs, executorId } = this.#options
    try {
      const running = [...runs.keys()]
      const ours = running.length > 0 ? await findHeldTasks(sql, executorId, running) : []
      const told = ours.filter((row) => row.hasSignals && runs.has(row.id)).map((row) => row.id)
      if (told.length > 0) await this.deliver(told)
      const ids = new Set(ours.map((row) => row.id))
      await this.fence(running.filter((id) => !ids.has(id)))
      await this.#takeForgotten()
    } catch (error) {
      log.warn({ err: error }, 'mail not read')
    }
  }

  /**
   * A task that is ours in the database and unknown here would wait until this process dies. None should exist: what is seen
   * twice is taken up, counted and logged.
   */
  async #takeForgotten(): Promise<void> {
    const { sql, log, executorId, take } = this.#options
    const forgotten = [...this.#unknown].filter((id) => this.#isUnknown(id))
    this.#unknown.clear()
    if (this.#beats++ % beatsBetweenLooks === 0) {
      for (const { id } of await findOwnedTasks(sql, executorId))
        if (this.#isUnknown(id)) this.#unknown.add(id)
    }
    if (forgotten.length === 0) return
    const rows = await findTasks(sql, forgotten)
    const ours = rows.filter((row) => row.executorId === executorId && this.#isUnknown(row.id))
    if (ours.length === 0) return
    log.error({ ids: ours.map((row) => row.id) }, 'tasks of this executor had no runner')
    this.forgotten += ours.length
    for (const { id } of ours) this.#taking.add(id)
    try {
      await take(ours)
    } finally {
      for (const { id } of ours) this.#taking.delete(id)
    }
  }

  #isUnknown(id: string): boolean {
    const { runs, claiming } = this.#options
    return !runs.has(id) && !claiming.has(id) && !this.#taking.has(id) && !this.#isLeftAlone(id)
  }
}
