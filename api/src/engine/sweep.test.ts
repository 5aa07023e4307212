import type { Template } from '@stint/schema/template-types'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '../base/log.ts'
import { childTasksOf } from '../testing/children.ts'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { clientError, holds, toyEngine } from '../testing/toy-engine.ts'
import { neverHeld } from './hold.ts'
import type { Removed } from './removal.ts'
import type { NewTask } from './start.ts'
import { Sweep } from './sweep.ts'
import { setTestPoint } from './test-points.ts'

const templates: Record<string, Template> = {}
const { database, toys, engine, stop, taskOf, ended } = await toyEngine({
  childTasks: childTasksOf(templates),
})
const { sql } = database
afterAll(stop)

const patient = { timeout: 20_000 }
const hourMs = 3_600_000
const dayMs = 24 * hourMs
let retention: { tasksMs: number | undefined; internalMs: number | undefined }
let told: Removed[] = []
const woken: string[] = []
const sweeper = new Sweep(
  {
    sql,
    log: createLog({ level: 'silent', format: 'json' }),
    hold: neverHeld,
    retention: () => retention,
    wake: async (_, ids) => void woken.push(...ids),
    onRemoved: async (_, removed) => void told.push(removed),
  },
  engine.counts,
)

beforeEach(async () => {
  retention = { tasksMs: dayMs, internalMs: dayMs }
  await sweeper.sweep()
  told = []
})
afterEach(() => {
  setTestPoint('sweep.locked', undefined)
  setTestPoint('flush.written', undefined)
})

const quick = testTemplate([testStep('a')])
const kept = (ms: number) => testTemplate([testStep('a')], { cleanupAfterMs: ms })

/** As if everything that this task has seen were so much longer ago. */
const ages = (id: string, hours: number) => sql`
  update task
  set ended_at = ended_at - make_interval(hours => ${hours}), state_updated_at = state_updated_at - make_interval(hours => ${hours})
  where id = ${id}`

const isThere = async (id: string) => (await taskOf(id)) !== undefined

/** Tables with rows of this task. */
async function traces(id: string): Promise<string[]> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name
    from information_schema.columns
    join pg_class on relname = table_name
    where table_schema = 'public' and column_name = 'task_id' and not relispartition
    order by 1`
  const found: string[] = []
  for (const { name } of tables) {
    if ((await sql`select from ${sql(name)} where task_id = ${id} limit 1`).length > 0) found.push(name)
  }
  return found
}

describe('a task that is over', () => {
  it('is kept until its time has come, then nothing of it is left', async () => {
    const failing = testTemplate([testStep('a', { action: clientError })], { onError: 'fail' })
    const id = await ended(
      testTask(failing, { comment: 'look', locks: [{ resource: 'host/a', mode: 'exclusive' }] }),
    )
    expect(await traces(id)).toEqual(expect.arrayContaining(['attempt', 'event', 'link', 'payload', 'step']))
    await ages(id, 23)
    expect(await sweeper.sweep()).toBe(0)
    await ages(id, 2)
    expect(await sweeper.sweep()).toBe(1)
    expect(await isThere(id)).toBe(false)
    expect(await traces(id)).toEqual([])
  })

  it('is put on record with the deletion, or not deleted', async () => {
    const id = await ended(testTask(quick, { label: 'nightly' }))
    await ages(id, 25)
    const refuses = new Sweep(
      {
        sql,
        log: createLog({ level: 'silent', format: 'json' }),
        hold: neverHeld,
        retention: () => retention,
        wake: async () => {},
        onRemoved: () => Promise.reject(new Error('no room for the record')),
      },
      { removed: 0 },
    )
    expect(await refuses.sweep()).toBe(0)
    expect(await isThere(id)).toBe(true)
    const before = engine.counts.removed
    await sweeper.sweep()
    expect(told).toMatchObject([{ tasks: 1, internal: 0, labels: { nightly: 1 } }])
    expect(told[0]?.rows).toBeGreaterThan(4)
    expect(engine.counts.removed).toBe(before + 1)
  })

  it('is kept as long as its template says, whatever the installation says', async () => {
    const long = await ended(testTask(kept(10 * dayMs)))
    const short = await ended(testTask(kept(hourMs)))
    const endless = await ended(testTask(kept(Number.MAX_VALUE)))
    for (const id of [long, short, endless]) await ages(id, 2)
    expect(await sweeper.sweep()).toBe(1)
    expect([await isThere(long), await isThere(short)]).toEqual([true, false])
    retention = { tasksMs: undefined, internalMs: undefined }
    await ages(long, 239)
    expect(await sweeper.sweep()).toBe(1)
    expect([await isThere(long), await isThere(endless)]).toEqual([false, true])
  })

  it('is kept for ever where nobody says for how long', async () => {
    retention = { tasksMs: undefined, internalMs: undefined }
    const id = await ended(testTask(quick))
    await ages(id, 100_000)
    expect(await sweeper.sweep()).toBe(0)
    expect(await isThere(id)).toBe(true)
    retention = { tasksMs: dayMs, internalMs: undefined }
    expect(await sweeper.sweep()).toBe(1)
  })

  it('stays while its start counts in the window of a rate', async () => {
    const rated = testTemplate([testStep('a')], {
      limits: [{ resource: 'signups', capacity: 5, perMs: 30 * dayMs }],
    })
    const id = await ended(testTask(rated))
    await ages(id, 25)
    expect(await sweeper.sweep()).toBe(0)
    await sql`update hold set until = now() - interval '1 second' where task_id = ${id}`
    expect(await sweeper.sweep()).toBe(1)
    expect(await traces(id)).toEqual([])
  })
})

it('a task that is not over is never touched, however old it is', async () => {
  const paused = await ended(
    testTask(testTemplate([testStep('a', { action: clientError })], { cleanupAfterMs: 0 })),
  )
  const { id: waiting } = await engine.createTask(testTask(quick, { isApproved: false }))
  const { id: running } = await engine.createTask(testTask(testTemplate([testStep('r', { action: holds })])))
  const step = await toys.running('r')
  for (const id of [paused, waiting, running]) {
    await sql`update task set created_at = '2001-01-01', state_updated_at = '2001-01-01' where id = ${id}`
  }
  expect(await sweeper.sweep()).toBe(0)
  expect(await Promise.all([paused, waiting, running].map(isThere))).toEqual([true, true, true])
  step.finish()
  await engine.waitForStop(running, 10)
})

it('during a maintenance nothing is deleted', async () => {
  const id = await ended(testTask(quick))
  await ages(id, 25)
  const held = new Sweep(
    {
      sql,
      log: createLog({ level: 'silent', format: 'json' }),
      hold: { ...neverHeld, isOn: true },
      retention: () => retention,
      wake: async () => {},
    },
    { removed: 0 },
  )
  expect(await held.sweep()).toBe(0)
  expect(await isThere(id)).toBe(true)
})

describe('a family', () => {
  const starts = (name: string, given = {}) =>
    testStep('child', { action: { type: 'subtask', configuration: { template: name } }, ...given })
  const childOf = async (id: string) =>
    (await sql<{ id: string }[]>`select id from task where parent_id = ${id}`)[0]?.id as string

  it('goes together: no child before its parent, whatever its own template says', async () => {
    templates.brief = testTemplate([testStep('a')], { name: 'brief', cleanupAfterMs: 0 })
    const parent = await ended(testTask(testTemplate([starts('brief')])))
    const child = await childOf(parent)
    await ages(child, 100)
    expect(await sweeper.sweep()).toBe(0)
    await ages(parent, 25)
    expect(await sweeper.sweep()).toBe(2)
    expect([await isThere(parent), await isThere(child)]).toEqual([false, false])
    expect(await traces(child)).toEqual([])
  })

  it('stays while one of it is not over', async () => {
    templates.lasting = testTemplate([testStep('h', { action: holds })], { name: 'lasting' })
    const { id: parent } = await engine.createTask(
      testTask(testTemplate([starts('lasting', { onParentStop: 'leave' })])),
    )
    const step = await toys.running('h')
    await engine.command(parent, { kind: 'cancel', actor: 'ann' })
    expect(await engine.waitForStop(parent, 10)).toBe(true)
    await ages(parent, 25)
    expect(await sweeper.sweep()).toBe(0)
    const child = await childOf(parent)
    step.finish()
    expect(await engine.waitForStop(child, 10)).toBe(true)
    expect(await sweeper.sweep()).toBe(2)
  })
})

it('a task that others have yet to hear of stays until they have begun', async () => {
  const first = await ended(testTask(quick))
  const { id: second } = await engine.createTask(testTask(testTemplate([testStep('s', { action: holds })])))
  const step = await toys.running('s')
  const { id: waits } = await engine.createTask(testTask(quick, { dependsOn: [first, second] }))
  await ages(first, 25)
  expect(await sweeper.sweep()).toBe(0)
  step.finish()
  expect(await engine.waitForStop(waits, 10)).toBe(true)
  expect(await sweeper.sweep()).toBe(1)
  expect(await isThere(first)).toBe(false)
  expect((await taskOf(waits))?.result).toBe('success')
})

describe('internal tasks', () => {
  const about = (id: string | undefined, given: Partial<NewTask> = {}) =>
    testTask(quick, { internal: id === undefined ? {} : { aboutTaskId: id }, ...given })

  it('go with the task that they are about', async () => {
    const id = await ended(testTask(quick))
    const delivery = await ended(about(id))
    await ages(id, 25)
    await sweeper.sweep()
    expect(told).toMatchObject([{ tasks: 1, internal: 1 }])
    expect([await isThere(id), await isThere(delivery)]).toEqual([false, false])
  })

  it('have an age of their own, and leave behind what they are about', async () => {
    retention = { tasksMs: undefined, internalMs: dayMs }
    const id = await ended(testTask(quick))
    const [old, young, ofNone] = [
      await ended(about(id)),
      await ended(about(id)),
      await ended(about(undefined)),
    ]
    await ages(old, 25)
    await ages(ofNone, 25)
    await ages(id, 25)
    expect(await sweeper.sweep()).toBe(2)
    expect(await Promise.all([id, old, young, ofNone].map(isThere))).toEqual([true, false, true, false])
  })

  it('that failed for good are given up after that age: they would keep their task for ever', async () => {
    const id = await ended(testTask(quick))
    const failing = testTemplate([testStep('a', { action: clientError })])
    const delivery = await ended(testTask(failing, { internal: { aboutTaskId: id } }))
    const ownWork = await ended(testTask(failing, { internal: {} }))
    await ages(id, 25)
    expect(await sweeper.sweep()).toBe(0)
    expect((await taskOf(delivery))?.state).toBe('paused')
    for (const each of [delivery, ownWork]) {
      await sql`update task set state_updated_at = state_updated_at - interval '25 hours' where id = ${each}`
    }
    await sweeper.sweep()
    expect(woken).toEqual([delivery])
    await engine.executor.applyNow(delivery)
    await expect
      .poll(() => taskOf(delivery), patient)
      .toMatchObject({ state: 'stopped', reason: 'cancelled' })
    expect(await sweeper.sweep()).toBe(2)
    expect((await taskOf(ownWork))?.state).toBe('paused')
  })
})

describe('somebody who comes while the sweep looks', () => {
  async function unlocked(): Promise<string> {
    const failing = testTemplate([testStep('a', { action: clientError })])
    const id = await ended(testTask(failing))
    await engine.command(id, { kind: 'unlock', actor: 'ann' })
    await expect.poll(() => taskOf(id), patient).toMatchObject({ state: 'stopped', reason: 'unlocked' })
    await ages(id, 25)
    return id
  }
  const resume = (id: string) => engine.command(id, { kind: 'resume', actor: 'ann' })

  it('and has taken the task up again keeps it', async () => {
    const id = await unlocked()
    // Sent, and nobody has read it yet.
    await sql`insert into signal (task_id, kind, actor) values (${id}, 'resume', 'ann')`
    expect(await sweeper.sweep()).toBe(0)
    await sql`delete from signal where task_id = ${id}`
    await resume(id)
    await expect
      .poll(() => taskOf(id))
      .toMatchObject({ state: 'paused', reason: 'step-failed', endedAt: null })
    expect(await sweeper.sweep()).toBe(0)
    expect(await isThere(id)).toBe(true)
  })

  it('and comes first is not waited for, and keeps it', async () => {
    const id = await unlocked()
    await sql.begin(async (tx) => {
      await tx`select from task where id = ${id} for share`
      expect(await sweeper.sweep()).toBe(0)
      await tx`insert into signal (task_id, kind, actor) values (${id}, 'resume', 'ann')`
    })
    expect(await sweeper.sweep()).toBe(0)
    expect(await isThere(id)).toBe(true)
    await resume(id)
  })

  it('and comes second hears that there is no such task', async () => {
    const id = await unlocked()
    let comes: Promise<unknown> | undefined
    setTestPoint('sweep.locked', async () => {
      comes = resume(id).then(
        () => 'resumed',
        (error) => error.code,
      )
      const blocked = () => sql`
        select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%waitForFlush%'`
      await expect.poll(async () => (await blocked()).length, { timeout: 10_000, interval: 10 }).toBe(1)
    })
    expect(await sweeper.sweep()).toBe(1)
    expect(await comes).toBe('not-found')
    expect(await traces(id)).toEqual([])
  })

  it('and writes a comment does not wait for the sweep, nor the sweep for him', async () => {
    const id = await ended(testTask(quick))
    await ages(id, 25)
    let isWritten = false
    setTestPoint('flush.written', async () => {
      if (isWritten) return
      isWritten = true
      expect(await sweeper.sweep()).toBe(0)
    })
    await engine.comment(id, 'ann', 'keep an eye on it')
    expect(isWritten).toBe(true)
    expect(await sweeper.sweep()).toBe(1)
    await expect(engine.comment(id, 'ann', 'too late')).rejects.toMatchObject({ code: 'not-found' })
    expect(await traces(id)).toEqual([])
  })
})

it('of a task that is gone nothing is known after thirty days', async () => {
  const id = await ended(testTask(quick))
  await ages(id, 25)
  await sweeper.sweep()
  expect(told[0]).toMatchObject({ by: 'setting', tasks: 1 })
  const known = () => sql`select record_id from deleted_task where id = ${id}`
  expect(await known()).toEqual([{ recordId: told[0]?.recordId }])
  await sql`update deleted_task set deleted_at = now() - interval '29 days'`
  await sweeper.sweep()
  expect(await known()).toHaveLength(1)
  await sql`update deleted_task set deleted_at = now() - interval '31 days'`
  await sweeper.sweep()
  expect(await known()).toEqual([])
})
