import type { TemplateLock } from '@stint/schema/template-types'
import { afterAll, describe, expect, it } from 'vitest'
import { chain, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { holding, lockTalk, waits } from '../testing/locking.ts'
import { holds, toyEngine } from '../testing/toy-engine.ts'

const resourceLimits = new Map([
  ['socket', 2],
  ['narrow', 1],
  ['slot', 1],
])
const { database, toys, engine, stop, taskOf } = await toyEngine({ resourceLimits: () => resourceLimits })
afterAll(stop)

const { created, stateOf, reaches } = lockTalk({ engine, taskOf })
const held = () => database.sql`select resource_type, resource_id from hold`

describe('an exclusive lock', () => {
  it('keeps others waiting, in order, and goes to the next when its holder stops', async () => {
    const first = await created(holding('first', [waits('host/a')]))
    const running = await toys.running('first')
    const second = await created(holding('second', [waits('host/a')]))
    const third = await created(holding('third', [waits('host/a')]))
    expect(await stateOf(second)).toEqual({ state: 'pending', reason: 'lock' })
    expect(await stateOf(third)).toEqual({ state: 'pending', reason: 'lock' })
    running.finish()
    const next = await toys.running('second')
    expect(await stateOf(third)).toEqual({ state: 'pending', reason: 'lock' })
    next.finish()
    ;(await toys.running('third')).finish()
    for (const id of [first, second, third]) await reaches(id, { state: 'stopped', result: 'success' })
    expect(await held()).toEqual([])
  })

  it('with on_conflict fail refuses, names the holder, and leaves nothing behind', async () => {
    const first = await created(holding('owner', [waits('host/b')]))
    const running = await toys.running('owner')
    await expect(
      engine.createTask(holding('late', [waits('host/b', { onConflict: 'fail' })])),
    ).rejects.toMatchObject({ code: 'lock-conflict', details: { resource: 'host/b', taskId: first } })
    const rows = await database.sql`select count(*)::int as n from wait`
    expect(rows[0]?.n).toBe(0)
    running.finish()
    await reaches(first, { state: 'stopped' })
  })

  it('with on_conflict coalesce answers with the task that does the same', async () => {
    const coalesce = [waits('host/c', { onConflict: 'coalesce' })]
    const first = await created(holding('same', coalesce))
    const running = await toys.running('same')
    expect(await engine.createTask(holding('same', coalesce))).toEqual({
      id: first,
      isNew: false,
      isCoalesced: true,
    })
    const other = holding('same', coalesce, { name: 'another' })
    await expect(engine.createTask(other)).rejects.toMatchObject({ code: 'lock-conflict' })
    running.finish()
    await reaches(first, { state: 'stopped' })
  })

  it('is all or nothing over several resources', async () => {
    const one = await created(holding('one', [waits('host/d')]))
    const running = await toys.running('one')
    const both = await created(holding('both', [waits('host/d'), waits('host/e')]))
    expect(await stateOf(both)).toEqual({ state: 'pending', reason: 'lock' })
    const mine = await database.sql`select from hold where task_id = ${both}`
    expect(mine).toHaveLength(0)
    running.finish()
    ;(await toys.running('both')).finish()
    await reaches(both, { state: 'stopped', result: 'success' })
    await reaches(one, { state: 'stopped' })
  })

  it('is kept while paused and given back by cancel', async () => {
    const first = await created(
      testTask(
        testTemplate(
          [
            ...chain(['x']),
            testStep('fails', {
              action: { type: 'flaky', configuration: { kind: 'client' } },
              dependencies: [{ step: 'x', states: ['DONE'] }],
            }),
          ],
          { locks: [waits('host/f')] },
        ),
      ),
    )
    await reaches(first, { state: 'paused' })
    const second = await created(holding('after', [waits('host/f')]))
    expect(await stateOf(second)).toEqual({ state: 'pending', reason: 'lock' })
    await engine.command(first, { kind: 'cancel', actor: 'tester' })
    ;(await toys.running('after')).finish()
    await reaches(second, { state: 'stopped', result: 'success' })
  })

  it('frees its place in the queue when the waiter is cancelled', async () => {
    const first = await created(holding('h1', [waits('host/g')]))
    const running = await toys.running('h1')
    const gone = await created(holding('gone', [waits('host/g')]))
    const next = await created(holding('h3', [waits('host/g')]))
    await engine.command(gone, { kind: 'cancel', actor: 'tester' })
    await reaches(gone, { state: 'stopped', result: 'cancelled' })
    running.finish()
    ;(await toys.running('h3')).finish()
    await reaches(next, { state: 'stopped', result: 'success' })
    await reaches(first, { state: 'stopped' })
  })

  it('is not waited for longer than wait_timeout', async () => {
    const first = await created(holding('long', [waits('host/h')]))
    const running = await toys.running('long')
    const late = await created(holding('late', [waits('host/h', { waitTimeoutMs: 150 })]))
    await reaches(late, { state: 'stopped', reason: 'lock-conflict', result: 'error' })
    expect((await taskOf(late))?.errorSummary).toMatch(
      /host\/h is held by task .* did not become free within 0.15 s/,
    )
    running.finish()
    await reaches(first, { state: 'stopped', result: 'success' })
  })
})

describe('modes and operations', () => {
  it('lets shared locks in together, and an exclusive one after them before later shared ones', async () => {
    const shared = (name: string) => created(holding(name, [waits('db/x', { mode: 'shared' })]))
    await shared('s1')
    await shared('s2')
    const [s1, s2] = [await toys.running('s1'), await toys.running('s2')]
    const exclusive = await created(holding('ex', [waits('db/x')]))
    const s3 = await shared('s3')
    expect(await stateOf(exclusive)).toEqual({ state: 'pending', reason: 'lock' })
    expect(await stateOf(s3)).toEqual({ state: 'pending', reason: 'lock' })
    s1.finish()
    s2.finish()
    const ex = await toys.running('ex')
    expect(await stateOf(s3)).toEqual({ state: 'pending', reason: 'lock' })
    ex.finish()
    ;(await toys.running('s3')).finish()
    await reaches(s3, { state: 'stopped', result: 'success' })
  })

  it('lets different operations on one resource run side by side, but nothing beside an unnamed one', async () => {
    const on = (name: string, operation?: string) =>
      created(holding(name, [waits('host/o', operation ? { operation } : {})]))
    await on('reboot', 'reboot')
    await on('backup', 'backup')
    const [reboot, backup] = [await toys.running('reboot'), await toys.running('backup')]
    const again = await on('reboot2', 'reboot')
    const all = await on('all')
    expect(await stateOf(again)).toEqual({ state: 'pending', reason: 'lock' })
    expect(await stateOf(all)).toEqual({ state: 'pending', reason: 'lock' })
    reboot.finish()
    const second = await toys.running('reboot2')
    backup.finish()
    second.finish()
    ;(await toys.running('all')).finish()
    await reaches(all, { state: 'stopped', result: 'success' })
  })
})

describe('a limit', () => {
  it('lets so many tasks run at once, the others wait for capacity', async () => {
    const limits = [{ resource: 'relay', capacity: 2 }]
    const ids = await Promise.all(
      ['l1', 'l2', 'l3', 'l4'].map((name) => created(holding(name, [], { limits }))),
    )
    const states = await Promise.all(ids.map(stateOf))
    expect(states.filter((each) => each?.reason === 'capacity')).toHaveLength(2)
    expect(toys.held.length).toBeLessThanOrEqual(2)
    for (let i = 0; i < 4; i++) {
      await expect.poll(() => toys.held.length, { timeout: 10_000, interval: 5 }).toBeGreaterThan(0)
      expect(toys.held.length).toBeLessThanOrEqual(2)
      toys.held.shift()?.finish()
    }
    for (const id of ids) await reaches(id, { state: 'stopped', result: 'success' })
  })

  it('of steps is kept across tasks, and a retry takes its slot anew', async () => {
    const step = (name: string) => testStep(name, { action: holds, resources: ['socket', 'unlimited'] })
    const a = await created(testTask(testTemplate([step('a1'), step('a2'), step('a3')])))
    await expect.poll(() => toys.held.length, { timeout: 10_000, interval: 5 }).toBe(2)
    const b = await created(testTask(testTemplate([step('b1')])))
    await reaches(b, { state: 'pending', reason: 'capacity' })
    for (let i = 0; i < 4; i++) {
      await expect.poll(() => toys.held.length, { timeout: 10_000, interval: 5 }).toBeGreaterThan(0)
      expect(toys.held.length).toBeLessThanOrEqual(2)
      toys.held.shift()?.finish()
    }
    for (const id of [a, b]) await reaches(id, { state: 'stopped', result: 'success' })
    expect(await held()).toEqual([])
  })

  it('per time lets so many start within the window', async () => {
    const limits = [{ resource: 'starts', capacity: 2, perMs: 400 }]
    const began = performance.now()
    const ids = await Promise.all(
      Array.from({ length: 5 }, () => created(testTask(testTemplate(chain(['r']), { limits })))),
    )
    for (const id of ids) await reaches(id, { state: 'stopped', result: 'success' })
    // Two at once, two after one window, the fifth after two.
    expect(performance.now() - began).toBeGreaterThan(800)
  })

  it('serves the higher priority first, and then the owner who holds least', async () => {
    const limits = [{ resource: 'fair', capacity: 2 }]
    const of = (name: string, owner: string, priority = 0) =>
      created({ ...holding(name, [], { limits }), owner: { name: owner }, priority })
    await of('f0', 'anna')
    await of('f1', 'anna')
    const [first, second] = [await toys.running('f0'), await toys.running('f1')]
    const ids = [await of('anna2', 'anna'), await of('bert1', 'bert'), await of('urgent', 'anna', 5)]
    first.finish()
    const urgent = await toys.running('urgent')
    urgent.finish()
    const order: string[] = []
    for (let i = 0; i < 2; i++) {
      await expect.poll(() => toys.held.length, { timeout: 10_000, interval: 5 }).toBe(1)
      const next = toys.held.shift()
      order.push(next?.name ?? '')
      next?.finish()
    }
    expect(order).toEqual(['bert1', 'anna2'])
    second.finish()
    for (const id of ids) await reaches(id, { state: 'stopped', result: 'success' })
  })
})

it('a limit that becomes wider lets waiting steps in at once', async () => {
  const step = (name: string) => testStep(name, { action: holds, resources: ['narrow'] })
  const id = await created(testTask(testTemplate([step('n1'), step('n2'), step('n3')])))
  await expect.poll(() => toys.held.length, { timeout: 10_000, interval: 5 }).toBe(1)
  resourceLimits.set('narrow', 3)
  await engine.limitsChanged()
  await expect.poll(() => toys.held.length, { timeout: 10_000, interval: 5 }).toBe(3)
  for (const held of toys.held.splice(0)) held.finish()
  await reaches(id, { state: 'stopped', result: 'success' })
})

it('tells why: the lock with its holder, the limit, and the place in the queue', async () => {
  const first = await created(holding('w1', [waits('host/why')]))
  const running = await toys.running('w1')
  const second = await created(holding('w2', [waits('host/why')]))
  const third = await created(holding('w3', [waits('host/why')]))
  expect(await engine.whyNotRunning(third)).toEqual({
    code: 'lock',
    sentence: 'Waits for the lock on host/why, held by another task; it is number 2 in the queue.',
    taskId: first,
  })
  running.finish()
  ;(await toys.running('w2')).finish()
  ;(await toys.running('w3')).finish()
  for (const id of [second, third]) await reaches(id, { state: 'stopped', result: 'success' })
})

describe('parents and children', () => {
  /** A child as the flush of a parent's step would write it. */
  const childOf = (parent: string, name: string, locks: readonly TemplateLock[]) =>
    created({
      ...holding(name, locks),
      parent: { id: parent, stepNo: 0, group: 1, index: toys.runs.length, depth: 1, stopsWithParent: true },
    })

  it('a lock of an ancestor never stands in the way, and stands in the way of everybody else', async () => {
    const parent = await created(holding('p', [waits('host/tree')]))
    const p = await toys.running('p')
    await childOf(parent, 'c', [waits('host/tree')])
    const c = await toys.running('c')
    const stranger = await created(holding('stranger', [waits('host/tree')]))
    expect(await stateOf(stranger)).toEqual({ state: 'pending', reason: 'lock' })
    c.finish()
    p.finish()
    ;(await toys.running('stranger')).finish()
    await reaches(stranger, { state: 'stopped', result: 'success' })
  })

  it('a child takes exclusively what its parent shares, as soon as nobody else shares it', async () => {
    const parent = await created(holding('sp', [waits('db/shared', { mode: 'shared' })]))
    const p = await toys.running('sp')
    await created(holding('other', [waits('db/shared', { mode: 'shared' })]))
    const other = await toys.running('other')
    const child = await childOf(parent, 'sc', [waits('db/shared')])
    await reaches(child, { state: 'pending', reason: 'lock' })
    other.finish()
    const c = await toys.running('sc')
    const late = await created(holding('late', [waits('db/shared', { mode: 'shared' })]))
    expect(await stateOf(late)).toEqual({ state: 'pending', reason: 'lock' })
    c.finish()
    ;(await toys.running('late')).finish()
    p.finish()
    await reaches(late, { state: 'stopped', result: 'success' })
  })

  it('a step of a task that holds a lock goes before those who wait for that lock', async () => {
    const steps = [
      testStep('first', { action: holds }),
      testStep('second', {
        action: holds,
        resources: ['slot'],
        dependencies: [{ step: 'first', states: ['DONE'] }],
      }),
    ]
    const holder = await created(testTask(testTemplate(steps, { locks: [waits('host/inner')] })))
    const first = await toys.running('first')
    const both = await created(
      holding('both', [waits('host/inner')], { limits: [{ resource: 'slot', capacity: 1 }] }),
    )
    await reaches(both, { state: 'pending', reason: 'lock' })
    first.finish()
    ;(await toys.running('second')).finish()
    ;(await toys.running('both')).finish()
    for (const id of [holder, both]) await reaches(id, { state: 'stopped', result: 'success' })
  })

  it('a circle of waiting is broken, and its error shows it', async () => {
    const [a, b] = [
      await created(holding('pa', [waits('host/ca')])),
      await created(holding('pb', [waits('host/cb')])),
    ]
    const [pa, pb] = [await toys.running('pa'), await toys.running('pb')]
    const first = await childOf(a, 'ca', [waits('host/cb')])
    await reaches(first, { state: 'pending', reason: 'lock' })
    const second = await childOf(b, 'cb', [waits('host/ca')])
    await reaches(second, { state: 'stopped', reason: 'lock-conflict', result: 'error' })
    const summary = (await taskOf(second))?.errorSummary ?? ''
    expect(summary).toMatch(/each of these tasks waits for the next/)
    for (const id of [second, a, first]) expect(summary).toContain(id)
    pb.finish()
    ;(await toys.running('ca')).finish()
    pa.finish()
    await reaches(first, { state: 'stopped', result: 'success' })
  })

  it('a circle that closes through the place in a queue is broken as well', async () => {
    const [a, b] = [
      await created(holding('qa', [waits('host/qx')])),
      await created(holding('qb', [waits('host/qz')])),
    ]
    const [qa, qb] = [await toys.running('qa'), await toys.running('qb')]
    // Nobody holds qy: its first waiter cannot have it before the first parent ends, and that waits for the second one.
    const first = await childOf(b, 'cy', [waits('host/qx'), waits('host/qy')])
    await reaches(first, { state: 'pending', reason: 'lock' })
    const second = await childOf(a, 'cz', [waits('host/qy')])
    await expect
      .poll(async () => toys.held.length > 0 || (await taskOf(second))?.state === 'stopped', {
        timeout: 10_000,
        interval: 10,
      })
      .toBe(true)
    toys.held.shift()?.finish()
    qa.finish()
    ;(await toys.running('cy')).finish()
    qb.finish()
    await reaches(first, { state: 'stopped', result: 'success' })
  })
})

it('100 tasks on one lock run one after the other', async () => {
  const ids = await Promise.all(
    Array.from({ length: 100 }, () =>
      created(testTask(testTemplate(chain(['q1', 'q2']), { locks: [waits('one/lock')] }))),
    ),
  )
  for (const id of ids) await reaches(id, { state: 'stopped', result: 'success' })
  const overlaps = await database.sql`
    select count(*)::int as n
    from task a join task b on b.id > a.id and a.started_at < b.ended_at and b.started_at < a.ended_at
    where a.id = any(${ids}::uuid[]) and b.id = any(${ids}::uuid[])`
  expect(overlaps[0]?.n).toBe(0)
})
