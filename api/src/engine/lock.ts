/*
 * Locks and limits, as everything that takes, shows or waits for them speaks of them. A *resource* is `type/id`; a lock on it is
 * exclusive or shared, optionally for one operation; a limit is a resource with a capacity, whose slots tasks or steps hold.
 */

export type LockMode = 'exclusive' | 'shared' | 'limit'
export type OnConflict = 'fail' | 'wait' | 'coalesce'

export interface Resource {
  readonly type: string
  readonly id: string
}

/** A resource that a task names; without a mode it only refers to it. */
export interface Link extends Resource {
  /** Empty: every operation. */
  readonly operation: string
  readonly mode: LockMode | undefined
  readonly onConflict: OnConflict | undefined
  readonly waitMs: number | undefined
  /** Of a limit. */
  readonly capacity: number | undefined
  /** Of a rate: so many starts within this time. */
  readonly perMs: number | undefined
}

/** A link that is to be locked. */
export interface Want extends Link {
  readonly mode: LockMode
}

/** What a task (step -1) or one of its steps asks for: all of it or nothing. */
export interface Take {
  readonly stepNo: number
  readonly ownerName: string
  readonly priority: number
  readonly wants: readonly Want[]
}

/**
 * `granted` it holds all · `waiting` it stands in the queue, and a `lock` signal will come · `fail`, `coalesce` a conflict that
 * it does not want to wait for · `circle` waiting would never end · `unknown` the answer was lost: ask again.
 */
export type TakeStatus = 'granted' | 'waiting' | 'fail' | 'coalesce' | 'circle' | 'unknown'

export interface TakeAnswer {
  readonly stepNo: number
  readonly status: TakeStatus
  /** What could not be had. */
  readonly resource: string | undefined
  /** The task that holds it, or asked before. */
  readonly blocker: string | undefined
  /** The tasks of a circle, each waiting for the next. */
  readonly circle: readonly string[] | undefined
  /** Since when it has been waiting. */
  readonly since: Date | undefined
}

/** `type/id`; a name without a type is a limit's. Undefined for a text that names nothing. */
export function resourceOf(text: string): Resource | undefined {
  const name = text.trim()
  const slash = name.indexOf('/')
  if (name === '' || name.includes('\0') || !name.isWellFormed() || name.length > 500) return undefined
  if (slash < 0) return { type: 'limit', id: name }
  const [type, id] = [name.slice(0, slash).trim(), name.slice(slash + 1).trim()]
  return type === '' || id === '' ? undefined : { type, id }
}

export function nameOfResource({ type, id }: Resource): string {
  return type === 'limit' ? id : `${type}/${id}`
}

/** Several wishes for one resource become the strongest of them: a task does not collide with itself. */
export function mergeLinks(links: readonly Link[]): Link[] {
  const strongest = new Map<string, Link>()
  for (const link of links) {
    const key = `${link.type}/${link.id}\0${link.operation}`
    const known = strongest.get(key)
    if (!known || strength(link) > strength(known)) strongest.set(key, link)
  }
  return [...strongest.values()]
}

function strength({ mode }: Link): number {
  return mode === undefined ? 0 : mode === 'shared' ? 1 : 2
}

export function isWant(link: Link): link is Want {
  return link.mode !== undefined
}
