import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../../base/ids.ts'
import { unpackIds } from '../../postgres/announce.ts'
import { channels, Listener } from '../../postgres/listen.ts'
import { type TestDatabase, testDatabase } from '../../testing/database.ts'
import { plainEngine } from '../../testing/plain-engine.ts'
import { notingStatements } from '../../testing/statements.ts'
import { actorOf, World } from '../../testing/world.ts'
import type { Actor } from '../access/model.ts'
import { TaskChanges } from './changes.ts'
import type { ListChange } from './live/list-watch.ts'
import type { Stream } from './live/stream.ts'
import { watchEvents, watchOutput, watchRow } from './live/task-watch.ts'

const admin = actorOf('root', ['admin'])
const ann = actorOf('ann', ['resolver'])
const asAdmin = () => admin

let database: TestDatabase
let world: World
let listener: Listener
let changes: TaskChanges
let statements: string[]

beforeAll(async () => {
  database = await testDatabase()
  world = new World(database.sql)
  listener = new Listener({ target: database.target, log: database.app.log })
  await listener.start()
})
afterAll(() => listener.stop())

/** Whatever an earlier test announced has been heard: notifications come in their order. */
async function drain() {
  const mark = newId()
  const heard = Promise.withResolvers<void>()
  const off = listener.on(channels.tasks, (payload) => unpackIds(payload).includes(mark) && heard.resolve())
  await world.announce(mark)
  await heard.promise
  off()
}

beforeEach(async () => {
  await drain()
  const noting = notingStatements(database.sql)
  statements = noting.statements
  const app = { ...database.app, sql: noting.sql }
  changes = new TaskChanges(app, { listener, engine: plainEngine(noting.sql), tickMs: 20 })
  await changes.start()
})
afterEach(() => changes.stop())

async function next<T>(stream: Stream<T>): Promise<T> {
  const { value, done } = await stream.next()
  if (done) throw new Error('the stream has ended')
  return value
}

/** Everything up to and including the first that fits. */
async function until<T>(stream: Stream<T>, fits: (value: T) => boolean): Promise<T[]> {
  const seen: T[] = []
  for (;;) {
    const value = await next(stream)
    seen.push(value)
    if (fits(value)) return seen
  }
}

const told = ({ task, matches, resync }: ListChange) => ({ title: task?.title, matches, resync })

describe('one watched task', () => {
  it('is told at once, and again when it changed', async () => {
    const id = await world.task({ title: 'A' })
    const stream = await changes.watchTask(id, asAdmin, watchRow)
    expect((await next(stream)).title).toBe('A')
    await world.change(id, { title: 'B' })
    await world.announce(id)
    expect((await next(stream)).title).toBe('B')
  })

  it('costs one statement per tick, however many watch it', async () => {
    const id = await world.task()
    const streams = await Promise.all(
      Array.from({ length: 12 }, () => changes.watchTask(id, asAdmin, watchRow)),
    )
    await Promise.all(streams.map(next))
    statements.length = 0
    await world.change(id, { progress: 0.5 })
    await world.announce(id)
    const rows = await Promise.all(streams.map(next))
    expect(rows.map((row) => row.progress)).toEqual(Array(12).fill(0.5))
    expect(statements).toEqual(['tasksByIds'])
  })

  it('that may not be seen is as little there as one that does not exist', async () => {
    const id = await world.task()
    for (const [taskId, who] of [
      [id, () => ann],
      [id, () => undefined],
      [newId(), asAdmin],
    ] as const) {
      await expect(changes.watchTask(taskId, who, watchRow)).rejects.toMatchObject({ code: 'not-found' })
    }
    expect(changes.subscribers).toBe(0)
  })

  it('is told no more once the right to see it is gone, not even what waited', async () => {
    const id = await world.task({ watchers: ['ann'] })
    let actor: Actor | undefined = ann
    const stream = await changes.watchTask(id, () => actor, watchRow)
    await next(stream)
    actor = undefined
    await world.announce(id)
    await expect(stream.next()).rejects.toMatchObject({ code: 'not-found' })
    expect(changes.subscribers).toBe(0)
  })

  it('is forgotten when its last subscriber goes, also one that waits', async () => {
    const id = await world.task()
    const stream = await changes.watchTask(id, asAdmin, watchRow)
    await next(stream)
    const waiting = stream.next()
    await stream.return()
    expect(await waiting).toMatchObject({ done: true })
    expect(changes.subscribers).toBe(0)
  })
})

describe('the events of a task', () => {
  it('come without a gap from any place, to many who share the reading', async () => {
    const id = await world.task()
    await world.events(id, ['a', 'b', 'c'])
    const streams = await Promise.all(
      [0, 2, 3, 3, 3].map((after) => changes.watchTask(id, asAdmin, (o) => watchEvents(o, after))),
    )
    const first = streams.map((stream) => until(stream, (event) => event.name === 'z'))
    await world.events(id, ['d'])
    await world.announce(id)
    await world.events(id, ['e', 'z'])
    await world.announce(id)
    const names = (await Promise.all(first)).map((events) => events.map((event) => event.seq))
    expect(names).toEqual([
      [1, 2, 3, 4, 5, 6],
      [3, 4, 5, 6],
      [4, 5, 6],
      [4, 5, 6],
      [4, 5, 6],
    ])
    statements.length = 0
    const more = streams.map(next)
    await world.events(id, ['more'])
    await world.announce(id)
    expect((await Promise.all(more)).map((event) => event.seq)).toEqual([7, 7, 7, 7, 7])
    expect(statements.filter((name) => name === 'eventsOfTasks')).toHaveLength(1)
  })

  it('come without a gap while they are written faster than they are read', async () => {
    const id = await world.task()
    const stream = await changes.watchTask(id, asAdmin, (options) => watchEvents(options, 0))
    const total = 1_500
    const writing = (async () => {
      for (let at = 0; at < total; at += 50) {
        await world.events(id, Array(50).fill('x'))
        await world.announce(id)
      }
    })()
    const seen = await until(stream, (event) => event.seq === total)
    await writing
    expect(seen.map((event) => event.seq)).toEqual(Array.from({ length: total }, (_, index) => index + 1))
  })
})

describe('the output of a step', () => {
  it('goes on from the current attempt to the next one', async () => {
    const id = await world.task()
    await world.steps(id, ['RUNNING'])
    await world.output(id, 0, 1, ['a', 'b'])
    const stream = await changes.watchTask(id, asAdmin, (options) =>
      watchOutput(options, { stepNo: 0, after: 1 }),
    )
    expect(await next(stream)).toMatchObject({ attemptNo: 1, seq: 2, text: 'b' })
    await world.output(id, 0, 1, ['c'])
    await world.setStep(id, 0, { attemptNo: 2 })
    await world.output(id, 0, 2, ['d'])
    await world.announce(id)
    expect(await next(stream)).toMatchObject({ attemptNo: 1, seq: 3, text: 'c' })
    expect(await next(stream)).toMatchObject({ attemptNo: 2, seq: 1, text: 'd' })
  })

  it('waits for the first attempt of a step that has not begun', async () => {
    const id = await world.task()
    await world.steps(id, ['TODO'])
    const stream = await changes.watchTask(id, asAdmin, (options) =>
      watchOutput(options, { stepNo: 0, after: 0 }),
    )
    const first = next(stream)
    await world.setStep(id, 0, { attemptNo: 1, state: 'RUNNING' })
    await world.output(id, 0, 1, ['hello'])
    await world.announce(id)
    expect(await first).toMatchObject({ text: 'hello' })
  })

  it('of one attempt ends with that attempt', async () => {
    const id = await world.task()
    await world.steps(id, ['RUNNING'])
    await world.setStep(id, 0, { attemptNo: 2 })
    await world.output(id, 0, 1, ['old'])
    const stream = await changes.watchTask(id, asAdmin, (options) =>
      watchOutput(options, { stepNo: 0, attemptNo: 1, after: 0 }),
    )
    expect(await next(stream)).toMatchObject({ text: 'old' })
    expect(await stream.next()).toMatchObject({ done: true })
  })
})

describe('a watched list', () => {
  it('greets with a token and tells what comes, what changes and what leaves the filter', async () => {
    const running = await changes.watchList(asAdmin, { states: ['running'] })
    expect(told(await next(running))).toEqual({ title: undefined, matches: false, resync: false })
    const id = await world.task({ title: 'T' })
    await world.announce(id)
    expect(told(await next(running))).toEqual({ title: 'T', matches: true, resync: false })
    await world.change(id, { state: 'paused', reason: 'by-user', title: 'P' })
    await world.announce(id)
    expect(told(await next(running))).toEqual({ title: 'P', matches: false, resync: false })
    await world.change(id, { title: 'still paused' })
    const other = await world.task({ title: 'other' })
    await world.announce(id, other)
    expect(told(await next(running))).toEqual({ title: 'other', matches: true, resync: false })
  })

  it('tells nobody of what he may not see', async () => {
    const stream = await changes.watchList(() => ann, {})
    await next(stream)
    const hidden = await world.task({ title: 'hidden' })
    const mine = await world.task({ title: 'mine', watchers: ['ann'] })
    await world.announce(hidden)
    await world.announce(mine)
    expect(told(await next(stream))).toEqual({ title: 'mine', matches: true, resync: false })
  })

  it('resumes after a token with what was missed, and only that', async () => {
    const before = await world.task({ title: 'before' })
    const stream = await changes.watchList(asAdmin, {})
    await next(stream)
    await world.announce(before)
    const { token } = await next(stream)
    const missed = await world.task({ title: 'missed', state: 'stopped' })
    await world.announce(missed)
    await next(stream)
    const resumed = await changes.watchList(asAdmin, { states: ['running'] }, token)
    expect(told(await next(resumed))).toEqual({ title: 'missed', matches: false, resync: false })
    const again = await changes.watchList(asAdmin, {}, token)
    const last = await next(again)
    expect(told(last)).toEqual({ title: 'missed', matches: true, resync: false })
    const uptodate = await changes.watchList(asAdmin, {}, last.token)
    expect(told(await next(uptodate))).toEqual({ title: undefined, matches: false, resync: false })
  })

  it('resumes from the middle of what it had not taken', async () => {
    const ids = await Promise.all(['a', 'b', 'c'].map((title) => world.task({ title })))
    const stream = await changes.watchList(asAdmin, {})
    await next(stream)
    await world.announce(...ids)
    const { token, task } = await next(stream)
    const rest = await changes.watchList(asAdmin, {}, token)
    const titles = new Set([task?.title])
    while (titles.size < 3) titles.add((await next(rest)).task?.title)
    expect([...titles].sort()).toEqual(['a', 'b', 'c'])
  })

  it('is told to begin again after a token of another process or of nobody', async () => {
    for (const token of ['0123456789abcdef.4', 'nonsense', '']) {
      const stream = await changes.watchList(asAdmin, {}, token)
      const first = await next(stream)
      expect(told(first)).toEqual({ title: undefined, matches: false, resync: true })
    }
  })

  it('that is not read is told to begin again instead of growing', async () => {
    const stream = await changes.watchList(asAdmin, {})
    await next(stream)
    const ids = await Promise.all(Array.from({ length: 501 }, () => world.task()))
    const other = await changes.watchList(asAdmin, {})
    await next(other)
    await world.announce(...ids)
    expect((await next(other)).resync).toBe(true)
    expect((await next(stream)).resync).toBe(true)
    await world.announce(ids[0]!)
    expect(told(await next(stream))).toMatchObject({ matches: true, resync: false })
  })

  it('is told so at most once a second, however much happens', async () => {
    const stream = await changes.watchList(asAdmin, {})
    await next(stream)
    const ids = await Promise.all(Array.from({ length: 201 }, () => world.task()))
    await world.announce(...ids)
    expect((await next(stream)).resync).toBe(true)
    const begun = performance.now()
    await world.announce(...ids)
    const again = await next(stream)
    expect(again).toMatchObject({ resync: true, task: undefined })
    expect(performance.now() - begun).toBeGreaterThan(800)
    const uptodate = await changes.watchList(asAdmin, {}, again.token)
    expect((await next(uptodate)).resync).toBe(false)
  })

  it('costs one statement per tick for all lists and tasks together', async () => {
    const id = await world.task()
    const streams: Stream<unknown>[] = [await changes.watchTask(id, asAdmin, watchRow)]
    for (const who of [asAdmin, () => ann, asAdmin])
      streams.push(await changes.watchList(who, { mine: false }))
    await Promise.all(streams.map(next))
    statements.length = 0
    const more = [streams[0]!, streams[1]!, streams[3]!].map(next)
    await world.announce(id)
    await Promise.all(more)
    expect(statements).toEqual(['tasksByIds'])
  })
})

describe('a LISTEN connection that was cut', () => {
  const cut = () =>
    database.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'stint-listen' and datname = current_database()`

  it('makes lists begin again and reads watched tasks and events anew', async () => {
    const id = await world.task({ title: 'before' })
    const list = await changes.watchList(asAdmin, {})
    const task = await changes.watchTask(id, asAdmin, watchRow)
    const events = await changes.watchTask(id, asAdmin, (options) => watchEvents(options, 0))
    const { token } = await next(list)
    await next(task)
    await cut()
    await world.change(id, { title: 'meanwhile' })
    await world.events(id, ['unheard'])
    expect((await until(task, (row) => row.title === 'meanwhile')).length).toBeGreaterThan(0)
    expect((await next(events)).name).toBe('unheard')
    await until(list, (change) => change.resync)
    const resumed = await changes.watchList(asAdmin, {}, token)
    expect((await next(resumed)).resync).toBe(true)
  })
})

it('a stop ends every subscription with a sentence', async () => {
  const stream = await changes.watchTask(await world.task(), asAdmin, watchRow)
  await next(stream)
  const waiting = stream.next()
  await changes.stop()
  await expect(waiting).rejects.toMatchObject({ code: 'shutting-down' })
  expect(changes.subscribers).toBe(0)
})
