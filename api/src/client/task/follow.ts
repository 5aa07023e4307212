import { isSettled, outcomeCode } from '../exit.ts'
import { persistently, type ResumeOptions, resuming } from '../server/resume.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { StepLine } from './documents.ts'
import {
  type FollowedTask,
  stepLogDocument,
  stepOutputDocument,
  taskChangedDocument,
  taskEventsDocument,
} from './follow-documents.ts'
import { FollowPrinter } from './follow-print.ts'
import { FollowedStep, type OutputSource } from './follow-step.ts'
import { allSteps, findTaskId } from './id.ts'
import { deadlineSignal } from './wait.ts'

/** Of tasks with more steps only those that do something are looked at: the rest would be thousands of lines. */
const everyStepUpTo = 300
const activeStates = [
  'RUNNING',
  'WAITING',
  'TO_RETRY',
  'CLIENT_ERROR',
  'SERVER_ERROR',
  'FATAL_ERROR',
  'CRASHED',
  'AFTERRUN_ERROR',
]
/** Outputs read at the same time while they are written; what is over is read one after the other, so that it stays in order. */
const streamsMax = 32
/** After the task has settled: for what is still under way to arrive. */
const lateMs = 3000

/** At most `max` at once; the rest waits its turn. */
class Slots {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(max: number) {
    this.#free = max
  }

  async use(work: () => Promise<void>): Promise<void> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((go) => this.#waiting.push(go))
    try {
      await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}

/** Shows a task while it happens: its record, its steps, their output. */
export class Follower {
  readonly #terminal: Terminal
  readonly #id: string
  readonly #print: FollowPrinter
  readonly #stop = new AbortController()
  readonly #slots = { live: new Slots(streamsMax), stored: new Slots(1) }
  readonly #followed = new Map<number, FollowedStep>()
  #lastSeq = 0
  #seen: (() => void) | undefined
  #failure: unknown
  #looking: Promise<void> | undefined
  #lookAgain = false

  constructor(terminal: Terminal, id: string) {
    this.#terminal = terminal
    this.#id = id
    this.#print = new FollowPrinter(terminal)
  }

  /** Until nothing more happens without a person, or the deadline; gives the exit code. */
  async follow(deadlineMs: number): Promise<number> {
    process.once('SIGINT', () => {
      this.#terminal.note(`\nThe task goes on. See it again: stint task follow ${this.#id}`)
      process.exit(130)
    })
    const deadline = deadlineSignal(deadlineMs, this.#terminal.nowMs)
    deadline.addEventListener('abort', () => this.#stop.abort())
    const events = this.#watchEvents().catch((error: unknown) => this.#fail(error))
    try {
      const last = await this.#watchTask()
      if (last === undefined) throw this.#failure ?? new Error('the server ended the stream')
      if (isSettled(last)) await this.#settle(last)
      this.#print.end(last)
      return outcomeCode(last)
    } finally {
      this.#stop.abort()
      await events
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    this.#stop.abort()
  }

  /** Streams and questions survive a server that is away for a while, until this ends or `signal` does. */
  #while(signal: AbortSignal = this.#stop.signal): ResumeOptions {
    return { signal, onCut: (text) => this.#terminal.note(text) }
  }

  async #watchTask(): Promise<FollowedTask | undefined> {
    const { connection } = this.#terminal
    const open = () => connection.subscribe(taskChangedDocument, { id: this.#id }, this.#stop.signal)
    let last: FollowedTask | undefined
    for await (const { taskChanged } of resuming(open, this.#while())) {
      last = taskChanged
      const looked = this.#lookSoon(taskChanged.stepCount)
      if (isSettled(taskChanged)) {
        await looked
        break
      }
    }
    if (this.#failure !== undefined) throw this.#failure
    return last
  }

  /** One look at a time; changes that come meanwhile are seen by one more. */
  #lookSoon(stepCount: number): Promise<void> {
    this.#lookAgain = true
    this.#looking ??= this.#lookWhileNew(stepCount)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#looking = undefined
      })
    return this.#looking
  }

  async #lookWhileNew(stepCount: number): Promise<void> {
    while (this.#lookAgain && !this.#stop.signal.aborted) {
      this.#lookAgain = false
      await this.#look(stepCount)
    }
  }

  async #watchEvents(): Promise<void> {
    const { connection } = this.#terminal
    const open = () =>
      connection.subscribe(taskEventsDocument, { id: this.#id, after: this.#lastSeq }, this.#stop.signal)
    for await (const { taskEvents } of resuming(open, this.#while())) {
      this.#lastSeq = taskEvents.seq
      this.#print.event(taskEvents)
      this.#seen?.()
    }
  }

  async #steps(states: readonly string[] | null): Promise<StepLine[]> {
    const steps: StepLine[] = []
    for await (const step of allSteps(this.#terminal.connection, this.#id, states)) steps.push(step)
    return steps
  }

  /** What has become of the steps since the last look. */
  async #look(stepCount: number): Promise<void> {
    const states = stepCount > everyStepUpTo ? activeStates : null
    for (const step of await persistently(() => this.#steps(states), this.#while())) {
      this.#print.name(step)
      const known = this.#followed.get(step.no)
      const followed = known ?? new FollowedStep(this.#id, this.#print, this.#source())
      if (known === undefined) this.#followed.set(step.no, followed)
      followed.see(step)
    }
  }

  #source(): OutputSource {
    const { connection } = this.#terminal
    return {
      failed: (error) => this.#fail(error),
      use: (kind, work) => this.#slots[kind].use(work),
      live: (place, signal) => {
        const either = AbortSignal.any([signal, this.#stop.signal])
        return resuming(() => connection.subscribe(stepOutputDocument, place, either), this.#while(either))
      },
      stored: async (place) => {
        const { task } = await persistently(() => connection.query(stepLogDocument, place), this.#while())
        return task?.step?.log ?? []
      },
    }
  }

  /** The last lines are under way when the task has settled already. */
  async #settle({ lastSeq }: FollowedTask): Promise<void> {
    const outputs = Promise.all([...this.#followed.values()].map((step) => step.printed))
    const record = new Promise<void>((done) => {
      this.#seen = () => this.#lastSeq >= lastSeq && done()
      this.#seen()
    })
    const late = new AbortController()
    const patience = new Promise<void>((done) => {
      const timer = setTimeout(done, lateMs)
      late.signal.addEventListener('abort', () => clearTimeout(timer))
    })
    await Promise.race([Promise.all([outputs, record]), patience])
    late.abort()
  }
}

export async function followTask(terminal: Terminal, text: string) {
  const id = await findTaskId(terminal.connection, text)
  return new Follower(terminal, id).follow(Number.POSITIVE_INFINITY)
}
