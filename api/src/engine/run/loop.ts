import type { TemplateStep } from '@stint/schema/template-types'
import type { StepPatch } from '../change.ts'

/*
 * A loop whose list is known: its step is EXPANDED and each item is a step row of its own, numbered after the steps of the
 * plan in the order in which the rows are made. Nothing here looks at all items: what a turn costs is what happened in it.
 */
export class Loop {
  readonly no: number
  /** How many items the list has; rows for them may still be missing. */
  readonly length: number
  /** The step number of each item that has a row, by its place in the list. */
  readonly numbers: number[]
  readonly #isSequence: boolean
  /** Items that may run, or wait for a slot, at the same time. */
  readonly #places: number
  readonly #isFinal: Uint8Array
  #final = 0
  #running = 0
  /** The first item that was not offered yet. */
  #fresh = 0
  /** Items whose time had come while there was no place for them. */
  readonly #deferred = new Set<number>()
  /** Items that wait for a slot of some limit; they keep their place here, or a thousand would queue for one slot. */
  readonly #gated = new Set<number>()

  constructor(no: number, definition: TemplateStep, maxParallel: number, length: number, numbers: number[]) {
    this.no = no
    this.length = length
    this.numbers = numbers
    this.#isSequence = definition.foreachStrategy === 'sequence'
    const { foreachConcurrency = maxParallel } = definition
    this.#places = this.#isSequence ? 1 : Math.min(foreachConcurrency, maxParallel)
    this.#isFinal = new Uint8Array(length)
  }

  /** Rows that are still to be made. */
  get missing(): number {
    return this.length - this.numbers.length
  }

  get isOver(): boolean {
    return this.#final === this.length
  }

  get running(): number {
    return this.#running
  }

  hasRoomFor(no: number): boolean {
    return this.#gated.has(no) || this.#hasRoom
  }

  get #hasRoom(): boolean {
    return this.#running + this.#gated.size < this.#places
  }

  started(no: number): void {
    this.#deferred.delete(no)
    this.#gated.delete(no)
    this.#running++
  }

  /** It would start, but must wait for a slot first. */
  gated(no: number): void {
    this.#deferred.delete(no)
    this.#gated.add(no)
  }

  ended(): void {
    this.#running--
  }

  /** An item that may run, but not before another one ends. */
  defer(no: number): void {
    this.#deferred.add(no)
  }

  /** A row of the loop has another state. */
  moved(step: StepPatch, isFinal: boolean): void {
    this.#deferred.delete(step.no)
    this.#gated.delete(step.no)
    const index = step.itemIndex ?? 0
    if (index >= this.length || this.numbers[index] !== step.no) return
    const now = isFinal ? 1 : 0
    this.#final += now - (this.#isFinal[index] as number)
    this.#isFinal[index] = now
  }

  /** The next item to be started, if one may; it stays the next one until it is started or moved. */
  next(stateOf: (no: number) => string): number | undefined {
    if (!this.#hasRoom) return undefined
    for (const no of this.#deferred) return no
    while (this.#fresh < this.numbers.length) {
      const no = this.numbers[this.#fresh] as number
      if (stateOf(no) === 'TODO' && !this.#gated.has(no))
        return !this.#isSequence || this.#final >= this.#fresh ? no : undefined
      this.#fresh++
    }
    return undefined
  }
}
