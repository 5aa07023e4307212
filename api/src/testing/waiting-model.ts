/*
 * Who can never go on, by plain rules and without any cleverness: what the database's search for circles is compared with.
 */

export interface ModelWish {
  readonly resource: number
  readonly isShared: boolean
  /** Empty: every operation. */
  readonly operation: string
}

export interface ModelTask {
  readonly parent: number | undefined
  /** The step of the parent that started it still waits for it. */
  readonly isAwaited: boolean
  readonly owner: string
  readonly role: 'running' | 'pending' | 'scheduled'
  readonly dependsOn: readonly number[]
}

export interface ModelHold extends ModelWish {
  readonly task: number
  /** -1: of the task as a whole. */
  readonly step: number
}

/** What is asked for at once. */
export interface ModelGroup {
  readonly task: number
  readonly step: number
  readonly priority: number
  readonly seq: number
  readonly wishes: readonly ModelWish[]
}

/** A lock has no capacity; the holders of a rate leave with time. */
export interface ModelResource {
  readonly capacity?: number
  readonly isRate?: boolean
}

export class WaitingModel {
  readonly #resources: readonly ModelResource[]
  readonly #tasks: readonly ModelTask[]
  readonly #holds: readonly ModelHold[]
  readonly groups: ModelGroup[] = []

  constructor(resources: readonly ModelResource[], tasks: readonly ModelTask[], holds: readonly ModelHold[]) {
    this.#resources = resources
    this.#tasks = tasks
    this.#holds = holds
  }

  familyOf(task: number): number[] {
    const parent = this.#tasks[task]?.parent
    return parent === undefined ? [task] : [task, ...this.familyOf(parent)]
  }

  holdsAnything(task: number): boolean {
    const family = this.familyOf(task)
    return this.#holds.some((hold) => family.includes(hold.task) && !this.#resources[hold.resource]?.isRate)
  }

  /** Served and gone are let go until nobody more can; what is left of the groups is stuck. */
  stuckGroups(): ModelGroup[] {
    const waiting = new Set(this.groups)
    const alive = new Set(this.#tasks.keys())
    for (let moved = true; moved; ) {
      moved = false
      for (const group of waiting)
        if (group.wishes.every((wish) => this.#mayHave(group, wish, waiting, alive)))
          moved = waiting.delete(group)
      for (const task of alive) if (this.#mayEnd(task, waiting, alive)) moved = alive.delete(task)
    }
    return [...waiting]
  }

  /** Does one of them wait for the other, in whatever way? */
  waitsFor(task: number, other: number): boolean {
    if (this.#awaits(task).includes(other)) return true
    const own = this.groups.filter((group) => group.task === task)
    return own.some((group) =>
      group.wishes.some(
        (wish) =>
          this.#holdersInTheWay(group, wish).some((hold) => hold.task === other) ||
          this.#before(group, wish).some((before) => before.task === other),
      ),
    )
  }

  #mayEnd(task: number, waiting: ReadonlySet<ModelGroup>, alive: ReadonlySet<number>): boolean {
    return (
      ![...waiting].some((group) => group.task === task) &&
      !this.#awaits(task).some((other) => alive.has(other))
    )
  }

  #awaits(task: number): number[] {
    const children = [...this.#tasks.keys()].filter((child) => {
      const { parent, isAwaited } = this.#tasks[child] as ModelTask
      return parent === task && isAwaited
    })
    const { role, dependsOn } = this.#tasks[task] as ModelTask
    return role === 'scheduled' ? [...children, ...dependsOn] : children
  }

  #mayHave(
    group: ModelGroup,
    wish: ModelWish,
    waiting: ReadonlySet<ModelGroup>,
    alive: ReadonlySet<number>,
  ): boolean {
    if (this.#isCovered(group, wish)) return true
    if (this.#before(group, wish).some((before) => waiting.has(before))) return false
    const inTheWay = this.#holdersInTheWay(group, wish).filter((hold) => alive.has(hold.task))
    return inTheWay.length < (this.#resources[wish.resource]?.capacity ?? 1)
  }

  #isCovered({ task }: ModelGroup, { resource }: ModelWish): boolean {
    const { capacity, isRate } = this.#resources[resource] as ModelResource
    if (capacity === undefined || isRate) return false
    const family = this.familyOf(task)
    return this.#holds.some(
      (hold) => hold.resource === resource && hold.step < 0 && family.includes(hold.task),
    )
  }

  /** A slot of a step and a start of a rate are free in time. */
  #holdersInTheWay({ task }: ModelGroup, wish: ModelWish): ModelHold[] {
    const { capacity, isRate } = this.#resources[wish.resource] as ModelResource
    const there = this.#holds.filter((hold) => hold.resource === wish.resource && hold.step < 0)
    if (isRate) return []
    if (capacity !== undefined) return there
    const family = this.familyOf(task)
    return there.filter(
      (hold) =>
        !family.includes(hold.task) &&
        !(hold.isShared && wish.isShared) &&
        (hold.operation === '' || wish.operation === '' || hold.operation === wish.operation),
    )
  }

  #before(group: ModelGroup, { resource }: ModelWish): ModelGroup[] {
    return this.groups.filter(
      (other) =>
        (other.priority > group.priority || (other.priority === group.priority && other.seq < group.seq)) &&
        other.wishes.some((wish) => wish.resource === resource),
    )
  }
}
