import type { InputProblem } from '@stint/schema/inputs'
import { type Service, startAll, stopAll } from '../base/service.ts'
import { unpackIds } from '../postgres/announce.ts'
import type { AnySql } from '../postgres/connect.ts'
import { channels } from '../postgres/listen.ts'
import { CacheKeeper } from './cache-keeper.ts'
import { type Command, sendCommand } from './commands.ts'
import type { CreatedTask } from './conflict.ts'
import { CountKeeper } from './count-keeper.ts'
import { createTask } from './create.ts'
import type { EngineOptions } from './engine-options.ts'
import { Executor } from './executor.ts'
import { type Hold, neverHeld } from './hold.ts'
import { Leader } from './leader.ts'
import { tellNewLimits } from './limits-changed.ts'
import { putNote, type TaskNote } from './notes.ts'
import { Outside } from './outside.ts'
import { Queue } from './queue.ts'
import { reactingTo } from './react.ts'
import { Reader } from './read.ts'
import { appendReport, loseReport, type NewReport, type OpenedReport, openReport } from './report.ts'
import type { ReportBody } from './report-change.ts'
import { type CheckedApproval, checkApproval, checkEdit, type RequestEdit, requestAgain } from './request.ts'
import { Rescue, takeOver, takeOverPredecessors, wakeRegion } from './rescue.ts'
import type { NewTask } from './start.ts'
import { orderDrain } from './store/executor.ts'
import { type Retention, Sweep } from './sweep.ts'
import { TaskNews } from './task-news.ts'
import { Timers } from './timers.ts'
import { Turns } from './turns.ts'
import { type Why, whyNotRunning } from './why.ts'

const noLimits: ReadonlyMap<string, number> = new Map()
const keptForEver: Retention = { tasksMs: undefined, internalMs: undefined }

/** The engine of one process: the door through which everything above creates, commands, reports and reads tasks. */
export class Engine implements Service {
  readonly reader: Reader
  /** What steps ask of the world, and its answers. */
  readonly outside: Outside
  readonly counts = { takeovers: 0, found: 0, created: 0, lives: 0, removed: 0, repaired: 0 }
  readonly #options: EngineOptions
  readonly #queue: Queue
  readonly #reporting = new Turns()
  readonly #leader: Leader
  readonly #news: TaskNews
  readonly #hold: Hold
  #holding: Promise<void> = Promise.resolve()
  #executor: Executor
  #unlisten: (() => void)[] = []
  #isStopping = false

  constructor(options: EngineOptions) {
    this.#options = options
    const { target, log, secrets, hold = neverHeld } = options
    this.#hold = hold
    this.#queue = new Queue({
      target,
      log,
      region: options.region,
      onHint: options.capacity > 0 ? (ids) => this.#hint(ids) : undefined,
      mayFetch: () => !hold.isOn,
    })
    this.#leader = new Leader({ target, log, lead: () => this.#lead() })
    this.#news = new TaskNews(options)
    this.#executor = this.#newExecutor()
    this.reader = new Reader({ ...options, secrets, templateOf: (id) => options.templateOf(id) })
    this.outside = new Outside({
      ...options,
      reader: this.reader,
      wake: this.#wake,
      note: (taskId, note) => this.note(taskId, note),
    })
  }

  async start(): Promise<void> {
    const { listener, sql, log, installation, region } = this.#options
    await startAll([this.#queue, this.#executor])
    if (region !== undefined) await wakeRegion({ sql, log, wake: this.#wake }, region)
    this.#unlisten = [
      listener.on(channels.signals, (payload) => this.#executor.heard(unpackIds(payload))),
      listener.on(channels.fenced, (payload) => void this.#executor.fenced(unpackIds(payload))),
      this.#hold.onChange(() => this.#heldOrFreed()),
    ]
    // Held: they wait for the leader, like everything else.
    if (!this.#hold.isOn) await takeOverPredecessors({ sql, log, wake: this.#wake }, installation)
    await this.#leader.start()
  }

  /** Hands everything back: others go on with it at once. */
  async stop(): Promise<void> {
    if (this.#isStopping) return
    this.#isStopping = true
    for (const unlisten of this.#unlisten) unlisten()
    await this.#queue.rest()
    await this.#executor.drain(this.#options.drainGraceMs ?? 5000)
    await stopAll([this.#queue, this.#executor, this.#leader])
  }

  get executor(): Executor {
    return this.#executor
  }

  get isLeading(): boolean {
    return this.#leader.isLeading
  }

  get hints(): number {
    return this.#queue.hints
  }

  // ---- creating

  /**
   * Creates a task; durable when it resolves. The same idempotency key of the same owner gives the task that was created
   * with it. Problems: `invalid-request`, `not-found` for an unknown dependency, `idempotency-mismatch`, `overloaded`.
   */
  async createTask(request: NewTask): Promise<CreatedTask> {
    const created = await createTask(this.#options.sql, this.#executor, request)
    if (created.isNew) this.counts.created++
    return created
  }

  /** Resolves when the task has stopped or needs a person, or after `seconds`. True when it has. */
  waitForStop(taskId: string, seconds: number): Promise<boolean> {
    return this.#news.untilRest(taskId, seconds)
  }

  // ---- commanding

  /** See engine/commands.ts. Problems: `not-found`; `not-allowed-now` when the task is over. */
  command(taskId: string, command: Command, alongside?: (tx: AnySql) => Promise<void>): Promise<void> {
    const { sql, keys } = this.#options
    const executor = this.#executor
    const nextNews = (id: string, ms: number) => this.#news.next(id, ms)
    return sendCommand({ sql, keys, executor, wake: this.#wake, nextNews }, taskId, command, alongside)
  }

  /** Puts a comment on the record of a task, also of one that is over. Problem `not-found`. */
  comment(taskId: string, actor: string, text: string): Promise<void> {
    return this.note(taskId, { event: { kind: 'comment', name: 'comment', actor, data: { text } } })
  }

  /** Puts something on the record of a task, whoever holds it, also when it is over. Problem `not-found`. */
  note(taskId: string, note: TaskNote): Promise<void> {
    return putNote(this.#executor, taskId, note)
  }

  /** See engine/request.ts. What is wrong with the edit; nothing when it is on its way, or changes nothing. */
  async editRequest(taskId: string, actor: string, edit: RequestEdit): Promise<readonly InputProblem[]> {
    const { problems, command } = await checkEdit(this.#options, taskId, edit)
    if (command) await this.command(taskId, { ...command, actor })
    return problems
  }

  /** See engine/request.ts. Nothing is written. */
  checkApproval(taskId: string, given: Readonly<Record<string, unknown>>): Promise<CheckedApproval> {
    return checkApproval(this.#options, taskId, given)
  }

  /** Makes a new task of one that is over; undefined when there is no such task. */
  async startOver(taskId: string, actor: string): Promise<CreatedTask | undefined> {
    const request = await requestAgain(this.#options, taskId)
    if (!request) return undefined
    const created = await this.createTask(request)
    if (!created.isNew) return created
    await this.note(taskId, {
      event: { kind: 'command', name: 'start-over', actor, data: { taskId: created.id } },
    })
    await this.comment(created.id, actor, `Started over from task ${taskId}.`)
    return created
  }

  /** See limits-changed.ts. */
  limitsChanged(): Promise<void> {
    return tellNewLimits(this.#options.sql, this.#wake, this.#options.resourceLimits?.() ?? noLimits)
  }

  // ---- reporting and reading

  openReport(request: NewReport): Promise<OpenedReport> {
    return openReport(this.#executor, request)
  }

  /** See engine/report. Two reports of one task at the same moment would both number their steps from what stands there. */
  appendReport(taskId: string, token: string, body: ReportBody): Promise<boolean> {
    const { sql } = this.#options
    return this.#reporting.run(taskId, () => appendReport(sql, this.#executor, taskId, token, body))
  }

  whyNotRunning(taskId: string): Promise<Why | undefined> {
    return whyNotRunning(this.#options.sql, taskId)
  }

  /** Tells an executor to drain or to go on, in the caller's transaction. False when it is over. */
  orderDrain(tx: AnySql, executorId: string, drains: boolean): Promise<boolean> {
    return orderDrain(tx, executorId, drains)
  }

  // ---- the inside

  readonly #wake = (sql: Parameters<Queue['wake']>[0], taskIds: readonly string[]) =>
    this.#queue.wake(sql, taskIds)

  /** The job of a hint lives until the claim is durable: an executor that dies in between does not take it along. */
  async #hint(ids: readonly string[]): Promise<void> {
    const left = await this.#executor.hint(ids)
    // Full: what others could start must not wait here.
    if (!this.#executor.hasRoom) await this.#queue.rest()
    this.#executor.isBehind = !this.#executor.hasRoom
    if (left.length > 0) await this.#queue.wake(this.#options.sql, left)
  }

  #fetchOrRest(): void {
    if (this.#isStopping) return
    const { log } = this.#options
    const turned = this.#executor.isDraining ? this.#queue.rest() : this.#queue.fetch()
    turned.catch((error) => log.warn({ err: error }, 'queue'))
  }

  /** One change after the other: switched on and off at once, the last one counts. */
  #heldOrFreed(): void {
    this.#holding = this.#holding
      .then(async () => {
        if (this.#isStopping) return
        if (!this.#hold.isOn) return await this.#queue.fetch()
        await this.#queue.rest()
        this.#executor.handBack()
      })
      .catch((error) => this.#options.log.warn({ err: error }, 'queue'))
  }

  #newExecutor(): Executor {
    this.counts.lives++
    const { abortGraceMs = 10_000, ...options } = this.#options
    const life: Executor = new Executor({
      ...options,
      abortGraceMs,
      hold: this.#hold,
      maxRunningActions: () => options.maxRunningActions(),
      config: () => options.config(),
      resourceLimits: () => options.resourceLimits?.() ?? noLimits,
      templateOf: (id) => options.templateOf(id),
      doorsOf: (step) => this.outside.doorsOf(life, step),
      wake: this.#wake,
      telling: () => reactingTo(life, options.reactions, options.log),
      figures: () => {
        const { takeovers, found: foundByNet, repaired: countsRepaired } = this.counts
        const { isLeading: isLeader } = this.#leader
        return { hints: this.#queue.hints, takeovers, foundByNet, countsRepaired, isLeader }
      },
      onRoom: () => this.#fetchOrRest(),
      onDead: (why) => this.#reincarnate(life, why),
    })
    return life
  }

  /** This process was declared dead, or fenced itself: what it held is others', and it begins anew under another id. */
  #reincarnate(dead: Executor, why: string): void {
    this.#options.log.error(
      { executorId: dead.executorId, why },
      'this executor lost its place in the cluster; beginning anew',
    )
    if (this.#isStopping) return
    const next = this.#newExecutor()
    this.#executor = next
    const begin = async () => {
      for (let tries = 0; !this.#isStopping; tries++) {
        try {
          await next.start()
          await this.#freeOwn(dead)
          await this.#queue.fetch()
          return
        } catch (error) {
          this.#options.log.warn({ err: error }, 'cannot begin anew yet')
          await new Promise((resolve) => setTimeout(resolve, Math.min(2000, 100 * 2 ** tries)))
        }
      }
    }
    void begin()
  }

  /** Nobody needs to wait for the silence of a life that has ended here: what it held is free as soon as the database answers. */
  async #freeOwn({ executorId }: Executor): Promise<void> {
    const { sql, log } = this.#options
    if (!this.#hold.isOn) await takeOver({ sql, log, wake: this.#wake }, executorId, 0)
  }

  #lead(): Service {
    const { sql, log, listener, retention = () => keptForEver, onRemoved } = this.#options
    const applyMail = async (ids: readonly string[]) => {
      for (const id of ids) await this.#executor.applyNow(id)
    }
    const shared = { sql, log, hold: this.#hold, wake: this.#wake }
    const work = [
      new Timers({ ...shared, listener, onReportsLost: (ids) => this.#loseReports(ids) }),
      new Rescue({ ...shared, applyMail }, this.counts),
      new Sweep({ ...shared, retention, onRemoved }, this.counts),
      new CacheKeeper({ sql, log }),
      new CountKeeper({ sql, log }, this.counts),
    ]
    return { start: () => startAll(work), stop: () => stopAll(work) }
  }

  #loseReports(taskIds: readonly string[]): void {
    const { sql, log } = this.#options
    for (const id of taskIds) {
      this.#reporting
        .run(id, () => loseReport(sql, this.#executor, id))
        .catch((error) => log.error({ err: error, taskId: id }, 'silent report; trying again'))
    }
  }
}
