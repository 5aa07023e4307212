import { beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../../base/ids.ts'
import { type TestDatabase, testDatabase } from '../../../testing/database.ts'
import { actorOf, World } from '../../../testing/world.ts'
import { canSeeTask } from '../../access/model.ts'
import { matches, type TaskFilter } from '../filter.ts'
import type { TaskRow } from '../model.ts'
import { childrenOfTasks, dependenciesOfTasks, listTasks, tasksByIds } from './lists.ts'

const admin = actorOf('root', ['admin'])
const ann = actorOf('ann', ['resolver'], { groups: ['storage'] })
const bob = actorOf('bob', ['resolver'])
const nobodyIn = actorOf('ghost', [])

let database: TestDatabase
let world: World
let ids: string[]
let parent: string

beforeAll(async () => {
  database = await testDatabase()
  world = new World(database.sql)
  parent = await world.task({
    title: 'Parent',
    state: 'paused',
    reason: 'step-failed',
    errorSummary: 'Disk IS full',
  })
  ids = [
    parent,
    await world.task({ owner: ann, label: 'new-member', templateId: newId(), title: 'Add 100% of staff_' }),
    await world.task({ owner: bob, state: 'stopped', result: 'error', reason: 'halted' }),
    await world.task({ watchers: ['ann'], state: 'stopped', result: 'success', parentId: parent }),
    await world.task({ resolvers: ['bob'], state: 'pending', reason: 'approval', parentId: parent }),
    await world.task({
      resolverGroups: ['storage'],
      state: 'stopped',
      result: 'warning',
      label: 'new-member',
    }),
    await world.task({ state: 'scheduled', reason: 'start-at', dependsOn: [parent] }),
  ]
})

const page = { direction: 'newer-first', size: 50 } as const
const idsOf = (rows: readonly TaskRow[]) => rows.map((row) => row.id)

const filters: [string, TaskFilter][] = [
  ['nothing', {}],
  ['states', { states: ['running', 'paused'] }],
  ['one result', { results: ['error'] }],
  ['a pair that cannot be', { states: ['running'], results: ['error'] }],
  ['stopped with warning or success', { states: ['stopped'], results: ['warning', 'success'] }],
  ['a label', { labels: ['new-member'] }],
  ['a template, which is more than a label', { templateName: 'new-member' }],
  ['a parent', { parentId: '' }],
  ['mine', { mine: true }],
  ['text in the title', { text: 'PARENT' }],
  ['text in the error summary', { text: 'is full' }],
  ['text with characters that patterns use', { text: '100% of staff_' }],
  ['text that stands nowhere', { text: `%${'_'.repeat(20)}` }],
  ['blank text', { text: '  ' }],
  ['several at once', { states: ['stopped'], labels: ['sample'], text: 'sample' }],
]

describe('a list of tasks', () => {
  it.each(filters)('by %s shows what the rule in memory lets through, to everybody', async (name, given) => {
    const filter = name === 'a parent' ? { parentId: parent } : given
    const all = await tasksByIds(database.sql, admin, ids)
    for (const actor of [admin, ann, bob, nobodyIn]) {
      const listed = await listTasks(database.sql, actor, filter, page)
      const expected = all.filter((row) => canSeeTask(actor, row) && matches(filter, row, actor))
      expect(idsOf(listed)).toEqual(idsOf(expected).sort().reverse())
    }
  })

  it('by an id as text finds that task alone', async () => {
    expect(idsOf(await listTasks(database.sql, admin, { text: ids[2] }, page))).toEqual([ids[2]])
  })

  it.each([
    ['without a filter', {}],
    ['with a filter on states', { states: ['stopped', 'paused', 'running'] } as TaskFilter],
  ])('is walked completely page by page in both directions %s', async (_name, filter) => {
    for (const direction of ['newer-first', 'older-first'] as const) {
      const whole = idsOf(await listTasks(database.sql, admin, filter, { direction, size: 50 }))
      const walked: string[] = []
      for (let from: string | undefined; ; from = walked.at(-1)) {
        const rows = await listTasks(database.sql, admin, filter, { direction, size: 2, from })
        walked.push(...idsOf(rows).slice(0, 2))
        if (rows.length <= 2) break
      }
      expect(walked).toEqual(whole)
      expect(walked.length).toBeGreaterThan(3)
    }
  })

  it('by ids leaves out what the actor may not see', async () => {
    expect(idsOf(await tasksByIds(database.sql, ann, ids)).sort()).toEqual([ids[1], ids[3], ids[5]])
    expect(await tasksByIds(database.sql, nobodyIn, ids)).toEqual([])
  })
})

describe('relatives of tasks', () => {
  it('children come oldest first, with one more than asked when there are more, and only visible ones', async () => {
    expect(idsOf(await childrenOfTasks(database.sql, admin, [parent], { size: 1 }))).toEqual([ids[3], ids[4]])
    expect(idsOf(await childrenOfTasks(database.sql, ann, [parent], { size: 5 }))).toEqual([ids[3]])
    expect(idsOf(await childrenOfTasks(database.sql, admin, [parent], { size: 5, from: ids[3] }))).toEqual([
      ids[4],
    ])
  })

  it('dependencies are found from both ends', async () => {
    const pair = { taskId: ids[6], dependsOnId: parent }
    expect(await dependenciesOfTasks(database.sql, [parent])).toEqual([pair])
    expect(await dependenciesOfTasks(database.sql, [ids[6]!])).toEqual([pair])
  })
})
