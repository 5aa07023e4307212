import type { Birth, WordToChildren } from '../change.ts'
import { countedMax, type LivingChildren } from '../store/child.ts'
import type { Draft } from './draft.ts'

type Living = Pick<LivingChildren, 'counted' | 'stopping' | 'oldestIndex'>

const none: Living = { counted: 0, stopping: 0, oldestIndex: null }

/**
 * What a runner knows of the living children of its steps. Read with the signal that told of a change, and counted up when a
 * step gives birth: too many may be known for a moment (their end is on its way), never too few for long.
 */
export class RunChildren {
  readonly #draft: Draft
  readonly #mayHaveAny: boolean
  readonly #living = new Map<number, Living>()
  /** Those who live were told to end; whoever is born later was not. */
  #areTold = false
  /** Who paused them with this task; those born before it rests are to be told as well. */
  #pausedBy: string | undefined
  #bornSincePause = false

  constructor(draft: Draft, mayHaveAny: boolean) {
    this.#draft = draft
    this.#mayHaveAny = mayHaveAny
  }

  /** What was just read for these steps. */
  learn(rows: readonly LivingChildren[]): void {
    for (const { stepNo, ...living } of rows) this.#living.set(stepNo, living)
  }

  born(stepNo: number, births: readonly Birth[]): void {
    this.#areTold = false
    this.#bornSincePause = true
    const { counted, stopping, oldestIndex } = this.#living.get(stepNo) ?? none
    const bound = births.filter(({ parent }) => parent?.stopsWithParent).length
    this.#living.set(stepNo, {
      counted: counted + births.length,
      stopping: stopping + bound,
      oldestIndex: oldestIndex ?? births[0]?.parent?.index ?? null,
    })
  }

  get steps(): Iterable<number> {
    return this.#living.keys()
  }

  /** Of one step; more than a few hundred are not counted exactly. */
  livingOf(stepNo: number): number {
    return this.#living.get(stepNo)?.counted ?? 0
  }

  /** How much of a step with `total` children is over, 0 to 1; never too much. */
  shareOf(stepNo: number, total: number): number {
    const { counted, oldestIndex } = this.#living.get(stepNo) ?? none
    if (total <= 0) return 0
    const over = counted < countedMax ? total - counted : (oldestIndex ?? 0)
    return Math.max(0, Math.min(1, over / total))
  }

  /** Tells those that stop with their parent, in the next flush, also what is born in it. */
  stop(kind: 'cancel' | 'force-cancel', actor = 'engine'): void {
    this.#areTold = true
    this.#tell({ kind, actor })
  }

  /** What was born until now belongs to no step any more. */
  disown(): void {
    if (this.#mayHaveAny) this.#draft.disownChildren()
  }

  /** Those that stop with their parent pause with it. */
  pause(actor: string): void {
    this.#pausedBy = actor
    this.#bornSincePause = false
    this.#tell({ kind: 'parent-paused', actor })
  }

  /** The parent rests: from now on it gives birth to nobody. */
  rest(): void {
    if (this.#pausedBy !== undefined && this.#bornSincePause) this.pause(this.#pausedBy)
  }

  /** Those that were paused with their parent go on with it. */
  resume(actor: string): void {
    this.#pausedBy = undefined
    this.#tell({ kind: 'parent-resumed', actor })
  }

  #tell(word: WordToChildren): void {
    if (this.#mayHaveAny) this.#draft.tellChildren(word)
  }

  /** True while children must end before their parent may: they may work under its locks. They are told to, once. */
  mustEndFirst(actor?: string): boolean {
    let stopping = 0
    for (const each of this.#living.values()) stopping += each.stopping
    if (stopping > 0 && !this.#areTold) this.stop('cancel', actor)
    return stopping > 0
  }
}
