import { limits } from '@stint/schema/limits'
import { resourceOf } from '../../engine/lock.ts'
import type { RequestedLock } from '../../engine/run/links.ts'
import { isUserName, normalName } from '../access/names.ts'
import type { FieldProblem } from './input-problem.ts'

/** What somebody asks for; ids are UUIDs. */
export interface TaskRequest {
  readonly input?: Readonly<Record<string, unknown>> | null
  readonly resolverInput?: Readonly<Record<string, unknown>> | null
  readonly tags?: Readonly<Record<string, string>> | null
  readonly watchers?: readonly string[] | null
  readonly watcherGroups?: readonly string[] | null
  readonly resolvers?: readonly string[] | null
  readonly resolverGroups?: readonly string[] | null
  readonly dependsOn?: readonly string[] | null
  readonly startAt?: Date | null
  readonly startBefore?: Date | null
  readonly priority?: number | null
  readonly region?: string | null
  /** The same key of the same person gives the task that was made with it. */
  readonly idempotencyKey?: string | null
  readonly comment?: string | null
  /** Resources to lock, besides those of the template. */
  readonly locks?: readonly RequestedLock[] | null
  /** Resources to refer to, as `host/db1`. */
  readonly links?: readonly string[] | null
  /** Seconds: answer when the task has come to rest. */
  readonly wait?: number | null
}

const bounds = {
  tags: 100,
  tagNameLength: 200,
  tagValueLength: 1_000,
  people: 100,
  dependencies: 100,
  resources: 100,
  keyLength: 200,
  priority: 1_000,
} as const

type Check = (request: TaskRequest) => string | undefined

function people(names: readonly string[] | null | undefined): string | undefined {
  if (!names) return undefined
  if (names.length > bounds.people) return `At most ${bounds.people} names.`
  const bad = names.find((name) => !isUserName(normalName(name)))
  return bad === undefined ? undefined : `${JSON.stringify(bad)} cannot be the name of a user.`
}

function resources(names: readonly string[]): string | undefined {
  if (names.length > bounds.resources) return `At most ${bounds.resources} resources.`
  const bad = names.find((name) => (resourceOf(name)?.type ?? 'limit') === 'limit')
  return bad === undefined ? undefined : `${JSON.stringify(bad)} is not a resource, as host/db1.`
}

function groups(names: readonly string[] | null | undefined): string | undefined {
  if (!names) return undefined
  if (names.length > bounds.people) return `At most ${bounds.people} groups.`
  const fits = (name: string) =>
    name.trim() !== '' && name.length <= limits.userNameLengthMax && !isUnstorable(name)
  return names.every(fits) ? undefined : `A group has a name of 1 to ${limits.userNameLengthMax} characters.`
}

/** PostgreSQL holds no NUL, and UTF-8 no half of a character. */
function isUnstorable(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed()
}

function length(text: string | null | undefined, max: number): string | undefined {
  if (text === null || text === undefined) return undefined
  if (isUnstorable(text)) return 'It has a character that cannot be stored.'
  return text.length >= 1 && text.length <= max ? undefined : `Write 1 to ${max} characters.`
}

/** Everything about a request but its inputs, which are the template's to judge. */
const checks: Readonly<Record<string, Check>> = {
  tags: ({ tags }) => {
    const entries = Object.entries(tags ?? {})
    if (entries.length > bounds.tags) return `At most ${bounds.tags} tags.`
    const fits = ([name, value]: [string, string]) =>
      name.length >= 1 && name.length <= bounds.tagNameLength && value.length <= bounds.tagValueLength
    if (entries.every(fits)) return undefined
    return `A tag has a name of 1 to ${bounds.tagNameLength} characters and a value of at most ${bounds.tagValueLength}.`
  },
  watchers: ({ watchers }) => people(watchers),
  watcherGroups: ({ watcherGroups }) => groups(watcherGroups),
  resolvers: ({ resolvers }) => people(resolvers),
  resolverGroups: ({ resolverGroups }) => groups(resolverGroups),
  dependsOn: ({ dependsOn }) =>
    (dependsOn?.length ?? 0) > bounds.dependencies ? `At most ${bounds.dependencies} tasks.` : undefined,
  priority: ({ priority }) =>
    Math.abs(priority ?? 0) > bounds.priority ? `From -${bounds.priority} to ${bounds.priority}.` : undefined,
  region: ({ region }) => length(region, bounds.keyLength),
  idempotencyKey: ({ idempotencyKey }) => length(idempotencyKey, bounds.keyLength),
  locks: ({ locks }) => resources((locks ?? []).map((lock) => lock.resource)),
  links: ({ links }) => resources(links ?? []),
  comment: ({ comment }) => length(comment, limits.textLengthMax),
}

export function problemsOfRequest(request: TaskRequest): FieldProblem[] {
  return Object.entries(checks).flatMap(([name, check]) => {
    const message = check(request)
    return message === undefined ? [] : [{ name, message }]
  })
}
