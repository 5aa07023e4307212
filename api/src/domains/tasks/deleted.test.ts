import { afterAll, beforeAll, expect, it } from 'vitest'
import { removeTasks } from '../../engine/removal.ts'
import { Listener } from '../../postgres/listen.ts'
import { type TestDatabase, testDatabase } from '../../testing/database.ts'
import { plainEngine } from '../../testing/plain-engine.ts'
import { actorOf, World } from '../../testing/world.ts'
import { record } from '../audit/store.ts'
import { TaskChanges } from './changes.ts'
import { deleteTasks } from './delete.ts'
import { readDeleted } from './deleted.ts'
import type { Stream } from './live/stream.ts'
import { watchEvents, watchRow } from './live/task-watch.ts'

const admin = actorOf('root', ['admin'])
const ann = actorOf('ann', ['resolver'])
const asAdmin = () => admin
const asAnn = () => ann

let database: TestDatabase
let world: World
let listener: Listener
let changes: TaskChanges

beforeAll(async () => {
  database = await testDatabase()
  const { sql, app, target } = database
  world = new World(sql)
  listener = new Listener({ target, log: app.log })
  await listener.start()
  changes = new TaskChanges(app, { listener, engine: plainEngine(sql), tickMs: 20 })
  await changes.start()
})
afterAll(async () => {
  await changes.stop()
  await listener.stop()
})

const over = { state: 'stopped', result: 'success' } as const

async function next<T>(stream: Stream<T>): Promise<T> {
  const { value, done } = await stream.next()
  if (done) throw new Error('the stream has ended')
  return value
}

const remove = (...ids: readonly string[]) => removeTasks(database.sql, ids, async () => {})

it('whoever watches a task hears at once that it was deleted', async () => {
  const id = await world.task(over)
  const row = await changes.watchTask(id, asAdmin, watchRow)
  const events = await changes.watchTask(id, asAdmin, (options) => watchEvents(options, 0))
  await next(row)
  const waiting = [row.next(), events.next()]
  await remove(id)
  for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'not-found' })
})

it('a list is told the id, children included, unless the task did not stand in it or was not visible', async () => {
  const mine = await world.task({ ...over, watchers: ['ann'] })
  const child = await world.task({ ...over, parentId: mine })
  const other = await world.task(over)
  const [all, running, hers] = await Promise.all([
    changes.watchList(asAdmin, {}),
    changes.watchList(asAdmin, { states: ['running'] }),
    changes.watchList(asAnn, {}),
  ])
  await Promise.all([all, running, hers].map(next))
  await remove(other)
  await remove(mine)
  const told = [await next(all), await next(all), await next(all)]
  expect(new Set(told.map(({ deletedId }) => deletedId))).toEqual(new Set([other, mine, child]))
  for (const one of told) expect(one).toMatchObject({ task: undefined, matches: false, resync: false })
  expect(await next(hers)).toMatchObject({ deletedId: mine })
  const news = await world.task()
  await world.announce(news)
  expect((await next(running)).task?.id).toBe(news)
})

it('a list that was away for a moment catches up with what was deleted', async () => {
  const id = await world.task(over)
  const list = await changes.watchList(asAdmin, {})
  const { token } = await next(list)
  await remove(id)
  await next(list)
  expect(await next(await changes.watchList(asAdmin, {}, token))).toMatchObject({ deletedId: id })
})

it('a clean-up is one word to a list: begin again, also one that goes in small batches', async () => {
  const ids = await Promise.all(Array.from({ length: 600 }, () => world.task(over)))
  const [list, running] = [
    await changes.watchList(asAdmin, {}),
    await changes.watchList(asAdmin, { states: ['running'] }),
  ]
  await Promise.all([list, running].map(next))
  for (const from of [0, 100, 200]) {
    await remove(...ids.slice(from, from + 100))
    expect(await next(list)).toMatchObject({ resync: true, deletedId: undefined })
  }
  await remove(...ids.slice(300))
  expect(await next(list)).toMatchObject({ resync: true })
  const news = await world.task()
  await world.announce(news)
  expect((await next(running)).task?.id).toBe(news)
})

it('when, by whom and why is told to those who could see it, by which rule too', async () => {
  const { app, sql } = database
  const [byHand, byRule] = [await world.task({ ...over, watchers: ['ann'] }), await world.task(over)]
  await deleteTasks(app, admin, { filter: { text: byHand }, reason: 'a try' })
  const expire = { action: 'task.expire', subjectType: 'task', details: { rule: 'keep_tasks_for' } }
  await removeTasks(sql, [byRule], (tx, { recordId }) => record(tx, admin, [{ ...expire, id: recordId }]))
  expect(await readDeleted(app, ann, byHand)).toMatchObject({
    deletedBy: 'root',
    reason: 'a try',
    rule: null,
  })
  expect(await readDeleted(app, ann, byRule)).toBeUndefined()
  expect(await readDeleted(app, admin, byRule)).toMatchObject({ rule: 'keep_tasks_for', reason: null })
  expect(await readDeleted(app, admin, await world.task())).toBeUndefined()
})
