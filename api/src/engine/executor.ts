import type { Template } from '@stint/schema/template-types'
import { newId } from '../base/ids.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import type { ActionRegistry } from './action.ts'
import { processStartedAt } from './actions/process-group.ts'
import type { Birth } from './change.ts'
import { DatabaseClock } from './database-clock.ts'
import type { DoorStep, Doors } from './doors.ts'
import type { ExecutorOptions } from './executor-options.ts'
import { Flusher } from './flush.ts'
import { Heartbeat } from './heartbeat.ts'
import { holds } from './hold.ts'
import { bootId, hostName } from './machine.ts'
import { Mail } from './mail.ts'
import { type News, newsOfBirth } from './news.ts'
import { type HeldRun, type RunHost, Slots } from './run/host.ts'
import type { SharedSecrets } from './run/mask.ts'
import { type Plan, planOf } from './run/plan.ts'
import { PlanCache } from './run/plan-cache.ts'
import { recoverInterrupted } from './run/recover.ts'
import type { TaskRun } from './run/task-run.ts'
import type { KeyRing } from './seal.ts'
import { type ExecutorFigures, insertExecutor, setExecutorState } from './store/executor.ts'
import { deleteFlushesOf } from './store/flush.ts'
import type { TaskRow } from './store/task.ts'
import { findUnclaimedOf } from './store/unowned.ts'
import { claimRows, loadClaimed, refuseUnreadable } from './take.ts'
import { testPoint } from './test-points.ts'

/** Ids that one claim entry of a flush takes. */
const claimBatch = 64

/**
 * One life of this process in the cluster: its row, its heartbeat, its flushes and the tasks it holds. When it is declared
 * dead or fences itself, this object is finished; the engine begins a new one under a new id.
 */
export class Executor implements Service, RunHost {
  readonly executorId = newId()
  readonly flusher: Flusher
  readonly registry: ActionRegistry
  readonly keys: KeyRing
  readonly log: Logger
  readonly slots: Slots
  readonly abortGraceMs: number
  readonly secrets: SharedSecrets | undefined
  readonly runs = new Map<string, TaskRun>()
  readonly #options: ExecutorOptions
  readonly #heartbeat: Heartbeat
  readonly #plans: PlanCache
  readonly #time: DatabaseClock
  readonly #claiming = new Map<string, Promise<number>>()
  readonly #mail: Mail
  #isDraining = false
  /** Drained by somebody's order: the process lives on, and may be told to go on. */
  #isResting = false
  #lastPace = { flushes: 0, atMs: 0 }
  #isOver = false
  #idle: (() => void)[] = []

  constructor(options: ExecutorOptions) {
    this.#options = options
    this.registry = options.registry
    this.keys = options.keys
    this.log = options.log.child({ executorId: this.executorId })
    this.#plans = new PlanCache(options.registry, options.templateOf)
    this.#time = new DatabaseClock(options.clock)
    this.slots = new Slots(options.maxRunningActions)
    this.abortGraceMs = options.abortGraceMs
    this.secrets = options.secrets
    this.flusher = new Flusher({
      target: options.target,
      log: this.log,
      executorId: this.executorId,
      wake: options.wake,
      onDead: () => this.#die('declared-dead'),
      onClock: (now) => this.#time.heard(now),
    })
    this.#mail = new Mail({
      sql: options.sql,
      log: this.log,
      executorId: this.executorId,
      runs: this.runs,
      claiming: this.#claiming,
      take: (rows) => this.#take(rows),
      takeAgain: (id) => this.takeAgain(id),
    })
    this.#heartbeat = new Heartbeat({
      sql: options.sql,
      log: this.log,
      clock: options.clock,
      executorId: this.executorId,
      keyIds: () => this.keys.ids,
      figures: () => this.#figures(),
      onBeat: (isAlive) => {
        this.#rest(!isAlive)
        void this.#mail.afterBeat().then(() => this.#takeExempt())
      },
      onDead: (why) => this.#die(why),
    })
  }

  async start(): Promise<void> {
    const { sql, version, installation, region, role, capacity } = this.#options
    const host = {
      host: hostName(),
      bootId: bootId(),
      pid: process.pid,
      pidStartedAt: processStartedAt(process.pid),
    }
    await insertExecutor(sql, {
      id: this.executorId,
      ...host,
      version,
      installation,
      region,
      role,
      capacity,
      keyIds: this.keys.ids,
    })
    await this.flusher.warmUp()
    await this.#heartbeat.start()
  }

  /** Hands the tasks back: nothing new starts, running steps get `graceMs`, then they are asked to end. */
  async drain(graceMs: number): Promise<void> {
    if (this.#isOver) return
    this.#isDraining = true
    await setExecutorState(this.#options.sql, this.executorId, 'draining').catch(() => {})
    this.handBack()
    if (!(await this.#isIdleWithin(graceMs))) {
      for (const run of [...this.runs.values()]) run.shutDown()
      await this.#isIdleWithin(this.abortGraceMs + 2000)
    }
  }

  /** Nothing new starts: what runs no step is handed back now, the rest when its steps have ended. */
  handBack(): void {
    for (const run of [...this.runs.values()]) run.turn()
  }

  /** Somebody told this executor to take nothing new, or to take tasks again; heard with a heartbeat. */
  #rest(rests: boolean): void {
    if (this.#isDraining || this.#isOver || rests === this.#isResting) return
    this.#isResting = rests
    this.log.info(rests ? 'draining: what it has is finished, nothing new is taken' : 'takes tasks again')
    this.handBack()
    this.#options.onRoom()
  }

  #figures(): ExecutorFigures {
    return { ...this.#options.figures(), running: this.slots.taken, flushesPerSecond: this.#pace() }
  }

  /** Flushes a second since the last beat. */
  #pace(): number {
    const { flushes } = this.flusher.counts
    const atMs = this.#options.clock.monotonicMs()
    const last = this.#lastPace
    this.#lastPace = { flushes, atMs }
    return atMs > last.atMs ? ((flushes - last.flushes) * 1000) / (atMs - last.atMs) : 0
  }

  async stop(): Promise<void> {
    if (this.#isOver) return
    await this.drain(0)
    this.#isOver = true
    await this.flusher.close()
    await this.#heartbeat.stop()
    for (const run of [...this.runs.values()]) run.abandon('shutdown')
    await setExecutorState(this.#options.sql, this.executorId, 'stopped').catch(() => {})
    await deleteFlushesOf(this.#options.sql, this.executorId).catch(() => {})
  }

  isBehind = false // It was full, and tasks wait in the queue: new ones stand behind them.
  /** Tasks that were ours without a runner; 0 unless something is wrong. */
  get forgotten(): number {
    return this.#mail.forgotten
  }

  get isDraining(): boolean {
    return this.#isDraining || this.#isResting
  }

  get region(): string | undefined {
    return this.#options.region
  }

  get hasRoom(): boolean {
    const { capacity, hold } = this.#options
    if (this.#isOver || this.isDraining || hold.isOn) return false
    return this.runs.size + this.#claiming.size < capacity
  }

  // ---- what runners ask (RunHost)

  startsSteps = ({ label, region }: { label: string; region: string | undefined }): boolean => {
    const { capacity, hold, region: here } = this.#options
    const isPlace = capacity > 0 && (region === undefined || region === here)
    return isPlace && !this.isDraining && !holds(hold, label) && this.#heartbeat.isConfirmed
  }

  now(): Date {
    return this.#time.now()
  }

  random(): number {
    return Math.random()
  }

  config(): Record<string, unknown> {
    return this.#options.config()
  }

  limitOf = (name: string): number | undefined => this.#options.resourceLimits().get(name)

  hasLimits(): boolean {
    return this.#options.resourceLimits().size > 0
  }

  get newsOfRun(): ((news: News) => readonly Birth[]) | undefined {
    return this.#options.telling()
  }

  /** The same for a task that is about to be born. */
  get newsOfBirth(): ((birth: Birth) => readonly Birth[]) | undefined {
    const tell = this.newsOfRun
    return tell && ((birth) => tell(newsOfBirth(birth)))
  }

  planOf(templateId: string): Promise<Plan> {
    return this.#plans.of(templateId)
  }

  doorsOf(step: DoorStep): Doors {
    return this.#options.doorsOf(step)
  }

  planOfDefinition(definition: Template): Plan {
    return planOf(definition, this.registry)
  }

  readSignals(run: HeldRun): void {
    void this.#mail.deliver([run.id])
  }

  takeAgain(taskId: string): void {
    if (!this.#isOver) void this.claim([taskId])
  }

  readonly lookAgain = (taskId: string): void => this.#mail.lookAgain(taskId)
  readonly leaveAlone = (taskId: string): void => this.#mail.leaveAlone(taskId)

  onGone(run: HeldRun): void {
    this.runs.delete(run.id)
    if (this.runs.size === 0) for (const resolve of this.#idle.splice(0)) resolve()
    if (this.#isOver || this.#isDraining) return
    if (this.hasRoom) this.#options.onRoom()
  }

  // ---- taking tasks

  /** A task that this process just created itself and holds from its first moment. */
  adopt(run: TaskRun): void {
    this.runs.set(run.id, run)
  }

  /**
   * Somebody should look at these tasks: mail of those we hold is read, the others are claimed as far as there is room.
   * Resolves, when the claims are durable, to the ids that others should look at.
   */
  async hint(ids: readonly string[]): Promise<readonly string[]> {
    if (this.#isOver || this.isDraining || this.#options.hold.isOn) return ids
    const held = [...new Set(ids)].filter((id) => this.runs.has(id))
    if (held.length > 0) void this.#mail.deliver(held)
    // Several hints may speak of one task; claimed twice in one flush, it would have two runners.
    const fresh = [...new Set(ids)].filter((id) => !this.runs.has(id) && !this.#claiming.has(id))
    const room = Math.max(0, this.#options.capacity - this.runs.size - this.#claiming.size)
    const claims: Promise<number>[] = []
    for (let from = 0; from < Math.min(room, fresh.length); from += claimBatch) {
      claims.push(this.claim(fresh.slice(from, Math.min(from + claimBatch, room))))
    }
    await Promise.all(claims)
    return fresh.slice(room)
  }

  /** Mail has come for tasks that are held here; other ids are none of ours. */
  heard(ids: readonly string[]): void {
    this.#mail.heard(ids)
  }

  /** Somebody took tasks away by force. */
  fenced(ids: readonly string[]): Promise<void> {
    return this.#mail.fence(ids)
  }

  /** Takes unowned tasks and starts their runners; resolves to their number when they have had their first turn. Never throws. */
  claim(ids: readonly string[]): Promise<number> {
    const claiming = this.#claim(ids).finally(() => {
      for (const id of ids) if (this.#claiming.get(id) === claiming) this.#claiming.delete(id)
    })
    for (const id of ids) this.#claiming.set(id, claiming)
    return claiming
  }

  async #claim(ids: readonly string[]): Promise<number> {
    try {
      await testPoint('claim.before', ids.join(','))
      const rows = await claimRows(this, ids)
      await testPoint('claim.after', ids.join(','))
      if (rows.length > 0) await this.#take(rows)
      return rows.length
    } catch (error) {
      this.log.error({ err: error, ids }, 'claim failed')
      return 0
    }
  }

  /** Is this task in our hands, or will it be when the claim that is under way has come back? */
  async holds(taskId: string): Promise<boolean> {
    await this.#claiming.get(taskId)
    return this.runs.has(taskId)
  }

  /**
   * Reads the mail of a task at once: of one that is held here, or of one that nobody holds. When it resolves, what the
   * signals did is durable. False when another executor holds the task; it hears by notification.
   */
  async applyNow(taskId: string): Promise<boolean> {
    // A task that was just being handed back is taken again with its mail: then it is ours a moment later.
    for (let tries = 0; tries < 5; tries++) {
      if (!(await this.#applyOnce(taskId))) return false
      if (!(await this.#mail.hasAny(taskId))) return true
    }
    return true
  }

  async #applyOnce(taskId: string): Promise<boolean> {
    if (this.#isOver) return false
    const claimed = await (this.#claiming.get(taskId) ?? (this.runs.has(taskId) ? 1 : this.claim([taskId])))
    const isOurs = claimed > 0 || this.runs.has(taskId)
    if (!isOurs) return false
    await this.#mail.deliver([taskId])
    // What a turn decides while a draft is being written goes out with the next one.
    await this.flusher.barrier()
    await this.flusher.barrier()
    return true
  }

  async #take(rows: readonly TaskRow[]): Promise<void> {
    const { log, flusher, leaveAlone } = this
    const parts = { sql: this.#options.sql, log, flusher, leaveAlone, isOver: () => this.#isOver }
    const { loaded, failed } = await loadClaimed(parts, this, rows)
    for (const unloadable of failed) refuseUnreadable(parts, unloadable, this.now())
    for (const { run, signals } of loaded) {
      this.runs.set(run.id, run)
      recoverInterrupted(run, signals)
      run.receive(signals)
    }
  }

  /** While hints rest in the queue, tasks that are exempt from that are looked for. */
  async #takeExempt(): Promise<void> {
    const { sql, hold, capacity } = this.#options
    if (!hold.isOn || capacity === 0 || this.#isOver || this.isDraining) return
    try {
      const rows = await findUnclaimedOf(sql, [...hold.exempt])
      if (rows.length > 0) await this.claim(rows.map((row) => row.id))
    } catch (error) {
      // The next heartbeat asks again.
      this.log.warn({ err: error }, 'tasks that go on in a hold were not read')
    }
  }

  // ---- the end

  #die(why: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.flusher.kill()
    void this.#heartbeat.stop()
    for (const run of [...this.runs.values()]) run.abandon('fenced')
    this.#options.onDead(why)
  }

  #isIdleWithin(ms: number): Promise<boolean> {
    if (this.runs.size === 0) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms)
      this.#idle.push(() => {
        clearTimeout(timer)
        resolve(true)
      })
    })
  }
}
