import { roles } from '@stint/schema/words'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '../../base/ids.ts'
import { testDatabase } from '../../testing/database.ts'
import {
  type Actor,
  canAnswer,
  canCommandTask,
  canResolveTask,
  permissionsOf,
  type QuestionAccess,
  type TaskAccess,
} from './model.ts'
import { answerableQuestions, commandableTasks, resolvableTasks } from './visible.ts'

const { sql } = await testDatabase()

const names = ['ann', 'bob', "o'hara"] as const
const groups = ['dba', 'web', 'a,b'] as const
const userIds = Array.from({ length: 3 }, () => newId())
const some = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 2 })

type Row = TaskAccess & QuestionAccess

const anyRow = fc.record({
  ownerId: fc.option(fc.constantFrom(...userIds)),
  resolvers: some(names),
  resolverGroups: some(groups),
  watchers: some(names),
  watcherGroups: some(groups),
  answerers: some(names),
  answererGroups: some(groups),
})

const lost = ['task.view', 'task.view_all', 'task.resolve', 'task.command', 'task.create'] as const
const anyActor = fc
  .record({
    userId: fc.constantFrom(...userIds),
    name: fc.constantFrom(...names),
    groups: some(groups),
    roles: fc.oneof(fc.constant(['resolver' as const]), fc.uniqueArray(fc.constantFrom(...roles))),
    lost: fc.oneof(fc.constant([]), fc.uniqueArray(fc.constantFrom(...lost))),
  })
  .map(({ lost: taken, ...who }): Actor => {
    const permissions = new Set(permissionsOf(who.roles))
    for (const permission of taken) permissions.delete(permission)
    return { ...who, permissions, via: 'session' }
  })

async function insert(rows: readonly Row[]): Promise<Map<string, Row>> {
  const byId = new Map(rows.map((row) => [newId(), row]))
  for (const [id, row] of byId) {
    await sql`
      insert into task (id, kind, label, title, state, owner_id, owner_name, resolvers, resolver_groups, watchers,
        watcher_groups, created_at, state_updated_at)
      values (${id}, 'run', 'x', 'x', 'running', ${row.ownerId}, 'x', ${[...row.resolvers]}, ${[...row.resolverGroups]},
        ${[...row.watchers]}, ${[...row.watcherGroups]}, now(), now())`
    await sql`
      insert into question (id, task_id, step_no, kind, form, answerers, answerer_groups)
      values (${id}, ${id}, 0, 'input', '', ${[...row.answerers]}, ${[...row.answererGroups]})`
  }
  return byId
}

const rules = [
  ['resolve', resolvableTasks, canResolveTask],
  ['command', commandableTasks, canCommandTask],
  ['answer', answerableQuestions, (actor: Actor | undefined, row: Row) => canAnswer(actor, row, row)],
] as const

test('SQL and memory agree on who may resolve, command and answer', async () => {
  const byId = await insert(fc.sample(anyRow, { numRuns: 150, seed: 3 }))
  const actors = fc.sample(anyActor, { numRuns: 150, seed: 4 })
  for (const [name, inSql, inMemory] of rules) {
    let partial = 0
    for (const actor of [undefined, ...actors]) {
      const expected = [...byId].filter(([, row]) => inMemory(actor, row)).map(([id]) => id)
      const found = await sql<{ id: string }[]>`
        select task.id from task join question on question.task_id = task.id where ${inSql(sql, actor)} order by task.id`
      expect(found.map((row) => row.id)).toEqual(expected.sort())
      if (expected.length > 0 && expected.length < byId.size) partial++
    }
    // The rule itself was exercised, not only its two ends.
    expect(partial, name).toBeGreaterThan(20)
  }
})
