import { roles } from '@stint/schema/words'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '../../base/ids.ts'
import { testDatabase } from '../../testing/database.ts'
import { type Actor, canSeeTask, permissionsOf, type TaskAccess } from './model.ts'
import { visibleTasks } from './visible.ts'

const { sql } = await testDatabase()

const names = ['ann', 'bob', 'cy', "o'hara", 'ann"}', '%', ''] as const
const groups = ['dba', 'web', 'null', 'a,b'] as const
const userIds = Array.from({ length: 3 }, () => newId())

const anyTask = fc.record({
  ownerId: fc.option(fc.constantFrom(...userIds)),
  resolvers: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 }),
  resolverGroups: fc.uniqueArray(fc.constantFrom(...groups), { maxLength: 2 }),
  watchers: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 }),
  watcherGroups: fc.uniqueArray(fc.constantFrom(...groups), { maxLength: 2 }),
})

const anyActor = fc
  .record({
    userId: fc.constantFrom(...userIds),
    name: fc.constantFrom(...names),
    groups: fc.uniqueArray(fc.constantFrom(...groups), { maxLength: 3 }),
    // Mostly those who see some tasks: who sees all or none proves little.
    roles: fc.oneof(
      { weight: 2, arbitrary: fc.constant(['resolver' as const]) },
      fc.uniqueArray(fc.constantFrom(...roles)),
    ),
    // A token may have lost task.view_all, or task.view too, of what the roles allow.
    lost: fc.oneof(
      fc.constant([]),
      fc.uniqueArray(fc.constantFrom('task.view' as const, 'task.view_all' as const)),
    ),
  })
  .map(({ lost, ...who }): Actor => {
    const permissions = new Set(permissionsOf(who.roles))
    for (const permission of lost) permissions.delete(permission)
    return { ...who, permissions, via: 'session' }
  })

async function insertTasks(tasks: readonly TaskAccess[]): Promise<Map<string, TaskAccess>> {
  const byId = new Map(tasks.map((task) => [newId(), task]))
  const rows = [...byId].map(([id, task]) => ({ id, ...task }))
  await sql`
    insert into task
      (id, kind, label, title, state, owner_id, owner_name, resolvers, resolver_groups, watchers, watcher_groups, created_at, state_updated_at)
    select row.id, 'run', 'x', 'x', 'pending', row."ownerId", 'x', row.resolvers, row."resolverGroups", row.watchers, row."watcherGroups", now(), now()
    from jsonb_to_recordset(${sql.json(rows as never)})
      as row (id uuid, "ownerId" uuid, resolvers text[], "resolverGroups" text[], watchers text[], "watcherGroups" text[])
  `
  return byId
}

async function seenInSql(actor: Actor | undefined): Promise<string[]> {
  const rows = await sql<
    { id: string }[]
  >`select task.id from task where ${visibleTasks(sql, actor)} order by id`
  return rows.map((row) => row.id)
}

test('SQL and memory agree on who sees which task', async () => {
  const tasks = fc.sample(anyTask, { numRuns: 300, seed: 1 })
  const byId = await insertTasks(tasks)
  const actors = fc.sample(anyActor, { numRuns: 300, seed: 2 })
  let partial = 0
  for (const actor of [undefined, ...actors]) {
    const expected = [...byId].filter(([, task]) => canSeeTask(actor, task)).map(([id]) => id)
    expect(await seenInSql(actor)).toEqual(expected.sort())
    if (expected.length > 0 && expected.length < byId.size) partial += 1
  }
  // The rule itself was exercised, not only its two ends.
  expect(partial).toBeGreaterThan(50)
})
