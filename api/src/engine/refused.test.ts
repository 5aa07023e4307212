import { afterAll, describe, expect, it } from 'vitest'
import { chain, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { refuse } from '../testing/refuse.ts'
import { toyEngine } from '../testing/toy-engine.ts'

const { engine, stop, taskOf, statesOf, toys, database } = await toyEngine()
const { sql } = database
afterAll(stop)

const hold = (name: string) => testStep(name, { action: { type: 'hold', configuration: {} } })
const stateOf = async (id: string) => (await taskOf(id))?.state
const isIn = (id: string, state: string) =>
  expect.poll(() => stateOf(id), { timeout: 10_000, interval: 20 }).toBe(state)

/** Its record has no gap: what was refused left none. */
async function lastEventOf(id: string) {
  const events = await sql<{ seq: number; name: string; data: object }[]>`
    select seq, name, data from event where task_id = ${id} order by seq`
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  expect((await taskOf(id))?.lastSeq).toBe(events.length)
  return events.at(-1)
}

it('a task that cannot be claimed keeps nobody beside it', async () => {
  const later = { startAt: new Date(Date.now() + 3_600_000) }
  const create = () => engine.createTask({ ...testTask(testTemplate([testStep('a')])), ...later })
  const ids = (await Promise.all([create(), create(), create(), create()])).map((task) => task.id)
  const [bad, ...good] = ids
  await refuse(sql, 'task', `new.id = '${bad}'`)
  expect(await engine.executor.claim(ids)).toBe(3)
  await expect.poll(async () => (await sql`select from task where executor_id is not null`).length).toBe(0)
  const epochs = await sql`select epoch from task where id = any(${good})`
  expect(epochs.map((row) => row.epoch)).toEqual([1, 1, 1])
})

describe('a task whose rows the database refuses, whatever they say', () => {
  it('comes to rest with what was refused, beside others that go on, and goes on when that is mended', async () => {
    const refusal = await refuse(sql, 'step', `new.name = 'poison' and new.state <> 'TODO'`)
    const others = Array.from({ length: 5 }, () => engine.createTask(testTask(testTemplate([testStep('a')]))))
    const { id } = await engine.createTask(testTask(testTemplate(chain(['first', 'poison']))))
    await isIn(id, 'paused')
    const row = await taskOf(id)
    expect(row).toMatchObject({ reason: 'input-invalid', executorId: null, result: 'pending' })
    expect(row?.errorSummary).toMatch(
      /^the database refused what this task says about .*poison.*: not a word about this$/,
    )
    expect(await lastEventOf(id)).toMatchObject({ name: 'paused', data: { reason: 'input-invalid' } })
    expect((await engine.whyNotRunning(id))?.sentence).toContain('not a word about this')
    for (const other of await Promise.all(others)) await isIn(other.id, 'stopped')

    // Taken up again while nothing is mended, it comes to rest again.
    const asked = await refusal.asked()
    await engine.command(id, { kind: 'resume', actor: 'ann' })
    await expect.poll(() => refusal.asked(), { timeout: 10_000 }).toBeGreaterThan(asked)
    await isIn(id, 'paused')

    await refusal.mend()
    await engine.command(id, { kind: 'resume', actor: 'ann' })
    await isIn(id, 'stopped')
    expect((await taskOf(id))?.result).toBe('success')
    expect(await statesOf(id)).toEqual({ first: 'DONE', poison: 'DONE' })
    await lastEventOf(id)
  })

  it('leaves nothing locked when it ends, and no mail, even if only words of our own can be written', async () => {
    const locks = [{ resource: 'host/refused', mode: 'exclusive', onConflict: 'wait' }] as never
    const { id } = await engine.createTask(testTask(testTemplate([hold('a')], { locks })))
    await toys.running('a')
    await refuse(sql, 'event', `new.task_id = '${id}'`)
    await refuse(sql, 'step', `new.task_id = '${id}'`)
    await engine.command(id, { kind: 'cancel', actor: 'ann' })
    await isIn(id, 'stopped')
    expect(await sql`select from hold where task_id = ${id}`).toEqual([])
    await expect.poll(() => sql`select from signal where task_id = ${id}`).toEqual([])
    const next = await engine.createTask(testTask(testTemplate([testStep('b')], { locks })))
    await isIn(next.id, 'stopped')
  })

  it('can be cancelled all the same', async () => {
    await refuse(sql, 'step', `new.name = 'poison' and new.state <> 'TODO'`)
    const { id } = await engine.createTask(testTask(testTemplate(chain(['first', 'poison']))))
    await isIn(id, 'paused')
    await engine.command(id, { kind: 'cancel', actor: 'ann' })
    await isIn(id, 'stopped')
    expect(await taskOf(id)).toMatchObject({ reason: 'cancelled', result: 'cancelled', executorId: null })
    await lastEventOf(id)
  })

  it('ends what runs of it, and asks before that is done twice', async () => {
    const refusal = await refuse(sql, 'step', `new.name = 'poison' and new.state not in ('TODO', 'RUNNING')`)
    const { id } = await engine.createTask(testTask(testTemplate([hold('poison'), hold('beside')])))
    const [poison, beside] = await Promise.all([toys.running('poison'), toys.running('beside')])
    poison.finish()
    await isIn(id, 'paused')
    expect(beside.signal.aborted).toBe(true)
    await refusal.mend()
    await engine.command(id, { kind: 'resume', actor: 'ann' })
    await expect.poll(async () => (await taskOf(id))?.reason).toBe('needs-review')
    expect(await statesOf(id)).toEqual({ poison: 'CRASHED', beside: 'CRASHED' })
  })

  it('is given back although mail came in the meantime', async () => {
    const { id } = await engine.createTask(testTask(testTemplate([hold('a')])))
    const held = await toys.running('a')
    await refuse(sql, 'step', `new.name = 'a'`)
    await sql`insert into signal (task_id, kind, actor) values (${id}, 'pause', 'ann')`
    held.finish()
    await isIn(id, 'paused')
    await expect.poll(async () => (await taskOf(id))?.executorId, { timeout: 15_000 }).toBeNull()
    expect(await taskOf(id)).toMatchObject({ state: 'paused' })
  })

  it('comes to rest even if nothing may be put on its record', async () => {
    const { id } = await engine.createTask(testTask(testTemplate([hold('a')])))
    const held = await toys.running('a')
    await refuse(sql, 'event', 'true')
    await refuse(sql, 'step', `new.name = 'a'`)
    held.finish()
    await isIn(id, 'paused')
    expect(await taskOf(id)).toMatchObject({
      reason: 'input-invalid',
      errorSummary: 'the database refuses this task',
    })
    await lastEventOf(id)
  })
})
