import { readTags } from '../../client/tags.ts'

/** A lock as it stands in the form. */
export interface LockDraft {
  readonly resource: string
  readonly mode: 'EXCLUSIVE' | 'SHARED'
  readonly operation: string
  readonly onConflict: 'COALESCE' | 'FAIL' | 'WAIT'
  readonly waitSeconds: string
}

/** Everything about a task besides the inputs of its template, as typed. Named as in `CreateTaskInput`. */
export interface OptionsDraft {
  readonly startAt: string
  readonly startBefore: string
  readonly priority: string
  readonly region: string
  readonly dependsOn: readonly string[]
  readonly watchers: readonly string[]
  readonly watcherGroups: readonly string[]
  readonly resolvers: readonly string[]
  readonly resolverGroups: readonly string[]
  readonly locks: readonly LockDraft[]
  readonly links: readonly string[]
  readonly tags: readonly string[]
  readonly comment: string
}

export type OptionName = keyof OptionsDraft

export const noOptions: OptionsDraft = {
  startAt: '',
  startBefore: '',
  priority: '',
  region: '',
  dependsOn: [],
  watchers: [],
  watcherGroups: [],
  resolvers: [],
  resolverGroups: [],
  locks: [],
  links: [],
  tags: [],
  comment: '',
}

/** One more: whoever adds a lock by hand mostly wants to stand in line for it. */
export const newLock: LockDraft = {
  resource: '',
  mode: 'EXCLUSIVE',
  operation: '',
  onConflict: 'WAIT',
  waitSeconds: '',
}

const lines = (values: readonly string[]): string[] | undefined => {
  const given = values.map((value) => value.trim()).filter((value) => value !== '')
  return given.length > 0 ? given : undefined
}
const text = (value: string): string | undefined => value.trim() || undefined
const instant = (value: string): string | undefined => (value ? new Date(value).toISOString() : undefined)
const number = (value: string): number | undefined => (value.trim() === '' ? undefined : Number(value))
const some = <Item>(items: Item[]): Item[] | undefined => (items.length > 0 ? items : undefined)

function lockOf({ resource, mode, operation, onConflict, waitSeconds }: LockDraft) {
  return {
    resource: resource.trim(),
    mode,
    onConflict,
    operation: text(operation),
    waitSeconds: onConflict === 'WAIT' ? number(waitSeconds) : undefined,
  }
}

/** What was typed as the API takes it; what is empty is left out. */
export function requestOfOptions(draft: OptionsDraft) {
  return {
    startAt: instant(draft.startAt),
    startBefore: instant(draft.startBefore),
    priority: number(draft.priority),
    region: text(draft.region),
    dependsOn: lines(draft.dependsOn),
    watchers: lines(draft.watchers),
    watcherGroups: lines(draft.watcherGroups),
    resolvers: lines(draft.resolvers),
    resolverGroups: lines(draft.resolverGroups),
    locks: some(draft.locks.filter(({ resource }) => resource.trim() !== '').map(lockOf)),
    links: lines(draft.links),
    tags: some(readTags(draft.tags)),
    comment: text(draft.comment),
  }
}

const whole = (value: string, from: number, to: number): boolean => {
  const given = number(value)
  return given === undefined || (Number.isInteger(given) && given >= from && given <= to)
}

const secondsMost = 31_536_000

const isResource = (name: string): boolean => /^\s*[^/\s][^/]*\/\s*\S/.test(name)
const resourceRule = 'A resource has a type and a name, as host/db1.'

/** What is wrong with the fields of one lock; a lock without a resource is none yet. */
export function problemsOfLock({ resource, onConflict, waitSeconds }: LockDraft) {
  if (resource.trim() === '') return {}
  const isWaitRight = onConflict !== 'WAIT' || whole(waitSeconds, 1, secondsMost)
  return {
    ...(!isResource(resource) && { resource: resourceRule }),
    ...(!isWaitRight && { waitSeconds: 'A whole number of seconds, at least 1.' }),
  }
}

const checks: Partial<Record<OptionName, (draft: OptionsDraft) => string | undefined>> = {
  priority: ({ priority }) => (whole(priority, -1000, 1000) ? undefined : 'A whole number, -1000 to 1000.'),
  startBefore: ({ startAt, startBefore }) =>
    startAt && startBefore && startBefore <= startAt
      ? 'This is not after the time when it shall start.'
      : undefined,
  locks: ({ locks }) =>
    locks.some((lock) => Object.keys(problemsOfLock(lock)).length > 0)
      ? 'One of the locks cannot be taken as it stands.'
      : undefined,
  links: ({ links }) => (lines(links)?.every(isResource) === false ? resourceRule : undefined),
}

/** What can be said before the server is asked. */
export function problemsOfOptions(draft: OptionsDraft): ReadonlyMap<OptionName, string> {
  const found = Object.entries(checks).map(([name, check]) => [name as OptionName, check(draft)] as const)
  return new Map(found.flatMap(([name, problem]) => (problem === undefined ? [] : [[name, problem]])))
}

/** How many of them are set: the closed section says so. */
export const countOptions = (draft: OptionsDraft): number =>
  Object.values(requestOfOptions(draft)).filter((value) => value !== undefined).length

/** A stored draft, also of a form that had other fields. */
export function restoreOptions(stored: Partial<OptionsDraft> | undefined): OptionsDraft {
  const fits = ([name, value]: [string, unknown]) =>
    name in noOptions &&
    typeof noOptions[name as OptionName] === typeof value &&
    Array.isArray(noOptions[name as OptionName]) === Array.isArray(value)
  return { ...noOptions, ...Object.fromEntries(Object.entries(stored ?? {}).filter(fits)) }
}
