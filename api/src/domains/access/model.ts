import { type Permission, permissions, type Role } from '@stint/schema/words'
import { Problem } from '../../base/problem.ts'

/**
 * Who may do what. A person has roles, a role is a set of permissions, and nothing is allowed that is not listed here.
 * An API token can only narrow: its actor has what the token names *and* its user still has.
 * Rows are a second question, answered by `canSeeTask` in memory and by visible.ts in SQL; a test proves that both agree.
 */

/** How an actor proved who he is. `system` is the program itself: start-up, schedules, clean-up. */
export type SignInWay = 'session' | 'token' | 'basic' | 'header' | 'code' | 'system'

export interface Actor {
  readonly userId: string
  readonly name: string
  readonly fullName?: string | null
  readonly groups: readonly string[]
  readonly roles: readonly Role[]
  readonly permissions: ReadonlySet<Permission>
  readonly via: SignInWay
  /** What `revalidate` looks at again: the session, the token, or the password that was given. */
  readonly sessionKey?: string
  /** When the session or token ends by itself; absent for the other ways. */
  readonly expiresAt?: Date
  /** Where the request came from, for the audit record. */
  readonly address?: string
  /** The password was set by somebody else and should be changed. */
  readonly passwordExpired?: boolean
}

const viewerPermissions: readonly Permission[] = [
  'task.view',
  'task.view_all',
  'template.view',
  'executor.view',
]

export const permissionsOfRole: Record<Role, readonly Permission[]> = {
  admin: permissions,
  operator: [
    ...viewerPermissions,
    'task.create',
    'task.command',
    'task.resolve',
    'task.report',
    'setting.view',
  ],
  resolver: ['task.view', 'task.create', 'task.resolve', 'template.view'],
  viewer: viewerPermissions,
}

/** Everything that the roles allow together. */
export function permissionsOf(roles: readonly Role[]): ReadonlySet<Permission> {
  return new Set(roles.flatMap((role) => permissionsOfRole[role]))
}

/** The one question. Nobody is `undefined`, and nobody may nothing. */
export function can(actor: Actor | undefined, permission: Permission): boolean {
  return actor?.permissions.has(permission) ?? false
}

/** Throws `forbidden` that names the missing permission, or `unauthenticated` when nobody is signed in. */
export function demand(actor: Actor | undefined, permission: Permission): asserts actor is Actor {
  if (actor === undefined) throw new Problem('unauthenticated', 'Sign in first, or send an API token.')
  if (!can(actor, permission)) throw refused(permission)
}

/**
 * For what a script must not do in a person's name: passwords and tokens. Throws `forbidden` for API tokens, and
 * `unauthenticated` when nobody is signed in.
 */
export function demandPerson(actor: Actor | undefined): asserts actor is Actor {
  if (actor === undefined) throw new Problem('unauthenticated', 'Sign in first.')
  if (actor.via === 'token') {
    throw new Problem('forbidden', 'An API token cannot do this; sign in as a person.', {
      details: { permission: null },
    })
  }
}

/** What `demand` throws, for rules that ask several permissions. */
export function refused(permission: Permission): Problem {
  return new Problem('forbidden', `This needs the permission ${permission}; ask an administrator for it.`, {
    details: { permission },
  })
}

/** The columns of a task that decide who sees it and who may act on it. */
export interface TaskAccess {
  readonly ownerId: string | null
  readonly resolvers: readonly string[]
  readonly resolverGroups: readonly string[]
  readonly watchers: readonly string[]
  readonly watcherGroups: readonly string[]
}

/** Was he, or one of his groups, named to resolve this task? */
export function isResolverOf(actor: Actor, task: TaskAccess): boolean {
  return (
    task.resolvers.includes(actor.name) || task.resolverGroups.some((group) => actor.groups.includes(group))
  )
}

/** The rule of visible.ts, in memory, for rows that are already here. A parent's visibility is not inherited. */
export function canSeeTask(actor: Actor | undefined, task: TaskAccess): boolean {
  if (actor === undefined) return false
  if (can(actor, 'task.view_all')) return true
  if (!can(actor, 'task.view')) return false
  return (
    task.ownerId === actor.userId ||
    task.watchers.includes(actor.name) ||
    task.watcherGroups.some((group) => actor.groups.includes(group)) ||
    isResolverOf(actor, task)
  )
}

/** Cancel, pause, resume, skip, retry: with the permission on any task he sees, and on his own with `task.create`. */
export function canCommandTask(actor: Actor | undefined, task: TaskAccess): boolean {
  if (actor === undefined || !canSeeTask(actor, task)) return false
  return can(actor, 'task.command') || (can(actor, 'task.create') && task.ownerId === actor.userId)
}

/**
 * Accept, reject, answer. Operators and administrators resolve any task, the others those that name them.
 * Asked of the role, not of `task.view_all`: somebody who is viewer and resolver sees everything, yet resolves only his own.
 */
export function canResolveTask(actor: Actor | undefined, task: TaskAccess): boolean {
  if (actor === undefined || !can(actor, 'task.resolve') || !canSeeTask(actor, task)) return false
  return actor.roles.includes('admin') || actor.roles.includes('operator') || isResolverOf(actor, task)
}

/** The columns of a question that decide who may answer it, besides those of its task. */
export interface QuestionAccess {
  readonly answerers: readonly string[]
  readonly answererGroups: readonly string[]
}

/** Those whom the step names; when it names nobody, whoever may resolve or command the task. Operators and administrators always. */
export function canAnswer(actor: Actor | undefined, task: TaskAccess, question: QuestionAccess): boolean {
  if (actor === undefined || !canSeeTask(actor, task)) return false
  const { answerers, answererGroups } = question
  const isAnybodys = actor.roles.includes('admin') || actor.roles.includes('operator')
  if (isAnybodys && can(actor, 'task.resolve')) return true
  if (answerers.length + answererGroups.length === 0)
    return canResolveTask(actor, task) || canCommandTask(actor, task)
  return answerers.includes(actor.name) || answererGroups.some((group) => actor.groups.includes(group))
}

/** The program itself, for what nobody asked for: it may everything and owns what it starts. */
export const systemActor: Actor = {
  userId: '00000000-0000-0000-0000-000000000000',
  name: 'system',
  groups: [],
  roles: ['admin'],
  permissions: new Set(permissions),
  via: 'system',
}
