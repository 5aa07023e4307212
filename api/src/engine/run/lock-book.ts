import { wholeTask } from '../change.ts'
import type { TakeAnswer, Want } from '../lock.ts'
import type { Draft } from './draft.ts'

export interface LockBookParts {
  readonly draft: Draft
  readonly ownerName: string
  readonly priority: number
  /** What the task as a whole needs before any step starts. */
  readonly wants: readonly Want[]
  /** It has them: it is running already, or was born with them. */
  readonly isGranted: boolean
  /** The database says that it holds something of that; a task holds all or nothing. */
  readonly holdsAny: boolean
  /** Steps that the database says hold or await something. */
  readonly holdingSteps: Iterable<number>
}

/** `open` go on · `asked` the answer comes with the next commit · `waiting` a signal will come. */
export type Gate = 'open' | 'asked' | 'waiting'

/**
 * What a task in a runner's hands holds of locks and limits. Asking and starting are two flushes: a slot is durable before
 * RUNNING is, so no crash between them can let more run than a limit allows; asking again for what one has is granted at once.
 */
export class LockBook {
  readonly #parts: LockBookParts
  #wants: readonly Want[]
  #isGranted: boolean
  #holdsAny: boolean
  readonly #asked = new Set<number>()
  readonly #waiting = new Set<number>()
  /** Given up after the question was sent: what the answer gives is on its way back. */
  readonly #late = new Set<number>()
  /** Steps with slots, or with a place in a queue. */
  readonly #steps: Set<number>
  readonly #granted = new Set<number>()

  constructor(parts: LockBookParts) {
    this.#parts = parts
    this.#wants = parts.wants
    this.#isGranted = parts.isGranted
    this.#holdsAny = parts.isGranted || parts.holdsAny
    this.#steps = new Set(parts.holdingSteps)
  }

  get isAsking(): boolean {
    return this.#asked.size > 0
  }

  /** Does a step wait for a slot? */
  get hasWaitingSteps(): boolean {
    return this.#waiting.size > (this.#waiting.has(wholeTask) ? 1 : 0)
  }

  get wants(): readonly Want[] {
    return this.#wants
  }

  /** The task names other resources now: what it needs is asked for when it starts. */
  setWants(wants: readonly Want[]): void {
    this.#wants = wants
    this.#isGranted = false
  }

  /** May the task run? Asks when nobody has yet. */
  gateTask(): Gate {
    if (this.#isGranted || this.#wants.length === 0) return 'open'
    return this.#gate(wholeTask, this.#wants)
  }

  /** May the step start? Asks when nobody has yet. */
  gateStep(no: number, wants: readonly Want[]): Gate {
    if (wants.length === 0 || this.#granted.has(no)) return 'open'
    return this.#gate(no, wants)
  }

  #gate(stepNo: number, wants: readonly Want[]): Gate {
    if (this.#asked.has(stepNo)) return 'asked'
    if (this.#waiting.has(stepNo)) return 'waiting'
    const { draft, ownerName, priority } = this.#parts
    draft.take({ stepNo, ownerName, priority, wants })
    this.#asked.add(stepNo)
    if (stepNo !== wholeTask) this.#steps.add(stepNo)
    return 'asked'
  }

  /** An answer came with a commit; `unknown` leaves the question open. False when nobody wants to know any more. */
  answered({ stepNo, status }: TakeAnswer): boolean {
    this.#asked.delete(stepNo)
    if (this.#late.delete(stepNo)) return false
    if (status === 'waiting') this.#waiting.add(stepNo)
    if (status !== 'granted') return true
    if (stepNo === wholeTask) this.#isGranted = this.#holdsAny = true
    else this.#granted.add(stepNo)
    return true
  }

  /** Something it waits for may be had now: the next look asks again. */
  woken(stepNo: number): void {
    this.#waiting.delete(stepNo)
  }

  /** A step no longer needs what it holds or waits for. */
  ended(no: number): void {
    if (!this.#steps.delete(no)) return
    this.#forget(no)
    this.#parts.draft.free(no)
  }

  /** The task is paused: it keeps its locks, but no slot that no step uses, and no place in a queue. */
  rest(): void {
    if (!this.#holdsAny) return this.freeAll()
    for (const no of [...this.#steps]) this.ended(no)
  }

  /** The task is over, or gives up what it has. */
  freeAll(): void {
    if (this.#wants.length === 0 && this.#steps.size === 0) return
    for (const no of [wholeTask, ...this.#steps]) this.#forget(no)
    this.#steps.clear()
    this.#isGranted = this.#holdsAny = false
    this.#parts.draft.free(wholeTask)
  }

  /** Call before the draft learns that it is given back. */
  #forget(no: number): void {
    this.#granted.delete(no)
    this.#waiting.delete(no)
    if (!this.#asked.has(no)) return
    // A question that is still in the draft is taken back with it; one on its way is answered all the same.
    if (this.#parts.draft.asksFor(no)) this.#asked.delete(no)
    else this.#late.add(no)
  }
}
