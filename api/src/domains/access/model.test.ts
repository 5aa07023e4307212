import { permissions, type Role, roles } from '@stint/schema/words'
import { describe, expect, test } from 'vitest'
import {
  type Actor,
  can,
  canCommandTask,
  canResolveTask,
  canSeeTask,
  demand,
  permissionsOf,
  type TaskAccess,
} from './model.ts'

function actorWith(over: Partial<Actor> & { roles?: readonly Role[] }): Actor {
  const given = over.roles ?? []
  return {
    userId: 'me',
    name: 'ann',
    groups: [],
    roles: given,
    permissions: permissionsOf(given),
    via: 'session',
    ...over,
  }
}

const foreign: TaskAccess = {
  ownerId: 'other',
  resolvers: [],
  resolverGroups: [],
  watchers: [],
  watcherGroups: [],
}
const own: TaskAccess = { ...foreign, ownerId: 'me' }

describe('permissions', () => {
  test('nobody may nothing', () => {
    for (const permission of permissions) expect(can(undefined, permission)).toBe(false)
    expect(() => demand(undefined, 'task.view')).toThrow(expect.objectContaining({ code: 'unauthenticated' }))
  })

  test('somebody without a role may nothing', () => {
    for (const permission of permissions) expect(can(actorWith({}), permission)).toBe(false)
  })

  test('a refusal names the permission that is missing', () => {
    expect(() => demand(actorWith({ roles: ['viewer'] }), 'task.create')).toThrow(
      expect.objectContaining({ code: 'forbidden', details: { permission: 'task.create' } }),
    )
  })

  test('what can do harm stays with administrators', () => {
    const guarded = [
      'task.dangerous',
      'task.delete',
      'console',
      'audit.view',
      'graphql.explore',
      'metrics.view',
      'user.manage',
      'setting.manage',
      'template.manage',
      'task.edit',
      'key.manage',
      'maintenance.manage',
      'channel.manage',
    ] as const
    for (const role of roles) {
      for (const permission of guarded) expect(permissionsOf([role]).has(permission)).toBe(role === 'admin')
    }
  })

  test('an administrator may everything', () => {
    expect([...permissionsOf(['admin'])].sort()).toEqual([...permissions].sort())
  })
})

describe('rows', () => {
  test('without task.view nothing is seen, not even an own task', () => {
    expect(canSeeTask(actorWith({ roles: [] }), own)).toBe(false)
  })

  test.each<[string, Partial<Actor>, Partial<TaskAccess>, boolean]>([
    ['a viewer sees a foreign task', { roles: ['viewer'] }, {}, true],
    ['a resolver does not see a foreign task', { roles: ['resolver'] }, {}, false],
    ['a resolver sees his own task', { roles: ['resolver'] }, { ownerId: 'me' }, true],
    ['a resolver sees a task he watches', { roles: ['resolver'] }, { watchers: ['ann'] }, true],
    [
      'and one that a group of his watches',
      { roles: ['resolver'], groups: ['ops'] },
      { watcherGroups: ['ops'] },
      true,
    ],
    ['a resolver sees a task that names him', { roles: ['resolver'] }, { resolvers: ['ann'] }, true],
    [
      'a resolver sees a task that names his group',
      { roles: ['resolver'], groups: ['dba'] },
      { resolverGroups: ['dba'] },
      true,
    ],
    [
      'a resolver does not see a task of another group',
      { roles: ['resolver'], groups: ['web'] },
      { resolverGroups: ['dba'] },
      false,
    ],
  ])('%s', (_, who, row, seen) => {
    expect(canSeeTask(actorWith(who), { ...foreign, ...row })).toBe(seen)
  })

  test('an owner commands his own task with task.create, a foreign one only with task.command', () => {
    expect(canCommandTask(actorWith({ roles: ['resolver'] }), own)).toBe(true)
    expect(canCommandTask(actorWith({ roles: ['resolver', 'viewer'] }), foreign)).toBe(false)
    expect(canCommandTask(actorWith({ roles: ['viewer'] }), own)).toBe(false)
    expect(canCommandTask(actorWith({ roles: ['operator'] }), foreign)).toBe(true)
  })

  test('a resolver resolves what names him, however much he sees', () => {
    const named = { ...foreign, resolvers: ['ann'] }
    expect(canResolveTask(actorWith({ roles: ['resolver'] }), named)).toBe(true)
    expect(canResolveTask(actorWith({ roles: ['resolver', 'viewer'] }), foreign)).toBe(false)
    expect(canResolveTask(actorWith({ roles: ['operator'] }), foreign)).toBe(true)
    expect(canResolveTask(actorWith({ roles: ['viewer'] }), named)).toBe(false)
  })
})
