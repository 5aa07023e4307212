import { limits } from '@stint/schema/limits'
import { parseJson } from '../../base/exact-json.ts'
import { ValueFault } from '../values/fault.ts'
import { nothing, type StepValues } from './step-values.ts'

/** One of `.step.LOOP.children`: µTask's shape, and the error of an item that µTask forgets. */
interface ChildResult {
  readonly output?: unknown
  readonly metadata: Record<string, unknown>
  readonly state: string
  readonly error?: string
}

/** The list of a loop and what its items came to; results are kept only where some text may ask for them. */
export class LoopValues {
  readonly items: readonly unknown[]
  /** What items that are not over see of themselves, by their step numbers. */
  readonly open = new Map<number, StepValues>()
  readonly #results: (ChildResult | undefined)[] | undefined
  #bytes = 0

  constructor(items: readonly unknown[], keepsResults: boolean) {
    this.items = items
    this.#results = keepsResults ? [] : undefined
  }

  get keepsResults(): boolean {
    return this.#results !== undefined && !this.isTooLarge
  }

  get isTooLarge(): boolean {
    return this.#bytes > limits.loopResultsBytesMax
  }

  /** An item is over. Pruned ones are no result. */
  setResult(index: number, values: StepValues): void {
    if (!this.#results || this.isTooLarge || index >= this.items.length) return
    if (values.state === 'PRUNE') {
      this.#results[index] = undefined
      return
    }
    const metadata = { ...(values.metadata as Record<string, unknown>), iterator: this.items[index] }
    const { output, state, error } = values
    this.#results[index] = {
      ...(output !== nothing && { output }),
      metadata,
      state,
      ...(error !== '' && { error }),
    }
    this.#bytes += lengthOf(this.#results[index])
    if (this.isTooLarge) this.#results.length = 0
  }

  /** More was read than may be kept. */
  overflow(): void {
    this.#bytes = Number.POSITIVE_INFINITY
    if (this.#results) this.#results.length = 0
  }

  /** Puts `children` into what templates read of the loop; asking for too much is a clear error there. */
  publish(name: string, entry: StepValues): void {
    if (!this.#results) return
    if (!this.isTooLarge) {
      entry.children = this.#results.filter((result) => result !== undefined)
      return
    }
    const mebibytes = limits.loopResultsBytesMax / 1024 / 1024
    Object.defineProperty(entry, 'children', {
      configurable: true,
      enumerable: false,
      get: () => {
        throw new ValueFault(
          `the results of "${name}" are longer than ${mebibytes} MiB; let its items answer less`,
        )
      },
    })
  }
}

/** Of its JSON; endless where it is nested deeper than that can be written. */
function lengthOf(value: unknown): number {
  try {
    return JSON.stringify(value)?.length ?? 0
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** The list that a rendered `foreach` describes; its numbers keep their digits. Throws ValueFault. */
export function itemsOf(rendered: unknown): readonly unknown[] {
  const items = typeof rendered === 'string' ? parsed(rendered) : rendered
  if (!Array.isArray(items)) throw new ValueFault('foreach must come to a JSON list')
  if (items.length > limits.loopItemsMax)
    throw new ValueFault(`a loop may have ${limits.loopItemsMax} items; this list has ${items.length}`)
  return items
}

function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text
    throw new ValueFault(`foreach must come to a JSON list, not to "${shown}"`)
  }
}
