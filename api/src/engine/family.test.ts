import { afterAll, describe, expect, it } from 'vitest'
import { starts, templateShelf } from '../testing/children.ts'
import { testStep, testTask } from '../testing/engine.ts'
import { loseExecutor } from '../testing/lose-executor.ts'
import { after, clientError, holds, toyEngine } from '../testing/toy-engine.ts'
import { setTestPoint } from './test-points.ts'

const { childTasks, template } = templateShelf()
const { database, toys, engine, stop, taskOf, statesOf } = await toyEngine({
  childTasks,
})
const { sql } = database
afterAll(stop)

const command = (id: string, kind: 'pause' | 'resume' | 'cancel', payload?: unknown) =>
  engine.command(id, { kind, actor: 'ann', ...(payload !== undefined && { payload }) })

/** Label → state/reason of a task and all below it. */
async function family(id: string): Promise<Record<string, string>> {
  const rows = await sql<{ label: string; state: string; reason: string | null }[]>`
    with recursive below as (
      select id, label, state, reason from task where id = ${id}
      union all
      select task.id, task.label, task.state, task.reason from task join below on task.parent_id = below.id
    )
    select label, state, reason from below`
  return Object.fromEntries(rows.map((row) => [row.label, `${row.state}/${row.reason}`]))
}

async function idOf(parentId: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`select id from task where parent_id = ${parentId}`
  return row?.id as string
}

const record = async (id: string) =>
  (
    await sql<{ name: string; actor: string }[]>`
      select name, actor from event where task_id = ${id} and kind = 'command' order by seq`
  ).map(({ name, actor }) => `${name} ${actor}`)

const mail = () => sql`select kind from signal`

/** A grandparent, its child and its grandchild, whose step runs; and what may end that step. */
async function three(name: string, given: Parameters<typeof testStep>[1] = {}) {
  template(`${name}-leaf`, [testStep('a', { action: holds }), testStep('b', { dependencies: after('a') })])
  template(`${name}-branch`, [starts(`${name}-leaf`)])
  const { id } = await engine.createTask(testTask(template(name, [starts(`${name}-branch`, given)])))
  const held = await toys.running('a')
  const branch = await idOf(id)
  return { id, held, branch, leaf: await idOf(branch) }
}

describe('a parent that somebody pauses', () => {
  it('takes its children along, down to the last level, and they go on with it', async () => {
    const { id, held, leaf } = await three('whole')
    await command(id, 'pause')
    const wanted = {
      whole: 'paused/by-user',
      'whole-branch': 'paused/by-parent',
      'whole-leaf': 'running/null',
    }
    // Its running step may end; then the last one rests as well.
    await expect.poll(() => family(id)).toEqual(wanted)
    await expect.poll(() => record(leaf)).toEqual(['parent-paused ann'])
    held.finish()
    await expect.poll(() => family(id)).toEqual({ ...wanted, 'whole-leaf': 'paused/by-parent' })
    expect(await statesOf(leaf)).toEqual({ a: 'DONE', b: 'TODO' })
    expect(await engine.whyNotRunning(leaf)).toMatchObject({ code: 'by-parent', taskId: await idOf(id) })
    await command(id, 'resume')
    await expect.poll(async () => (await taskOf(id))?.result).toBe('success')
    expect(await record(leaf)).toEqual(['parent-paused ann', 'parent-resumed ann'])
    expect(await mail()).toEqual([])
  })

  it('leaves those alone that its template says to leave, or all when only it is meant', async () => {
    const left = await three('leaves', { onParentStop: 'leave' })
    const alone = await three('alone')
    await command(left.id, 'pause')
    await command(alone.id, 'pause', { alone: true })
    for (const { id, held } of [left, alone]) {
      held.finish()
      await expect.poll(async () => (await taskOf(await idOf(id)))?.result).toBe('success')
      expect((await taskOf(id))?.reason).toBe('by-user')
      await command(id, 'resume')
      await expect.poll(async () => (await taskOf(id))?.result).toBe('success')
    }
  })

  it('leaves a child paused that a person paused, before or after', async () => {
    const before = await three('before')
    const later = await three('later')
    await command(before.leaf, 'pause')
    before.held.finish()
    await expect.poll(async () => (await taskOf(before.leaf))?.reason).toBe('by-user')
    for (const { id, branch } of [before, later]) {
      await command(id, 'pause')
      await expect.poll(async () => (await taskOf(branch))?.reason).toBe('by-parent')
    }
    await command(later.branch, 'pause')
    for (const { id } of [before, later]) await command(id, 'resume')
    await expect.poll(async () => (await taskOf(before.branch))?.state).toBe('running')
    expect(await family(before.id)).toMatchObject({ 'before-leaf': 'paused/by-user' })
    expect(await family(later.id)).toMatchObject({ 'later-branch': 'paused/by-user' })
    expect(await record(later.branch)).toEqual(['parent-paused ann', 'pause ann'])
  })

  it('does not try again what failed in a child meanwhile: the child pauses for that', async () => {
    template('fails', [testStep('a', { action: holds }), testStep('b', { action: clientError })])
    const { id } = await engine.createTask(testTask(template('mixed', [starts('fails')])))
    const held = await toys.running('a')
    const child = await idOf(id)
    await expect.poll(() => statesOf(child)).toEqual({ a: 'RUNNING', b: 'CLIENT_ERROR' })
    await command(id, 'pause')
    await expect.poll(() => record(child)).toEqual(['parent-paused ann'])
    held.finish()
    await expect.poll(async () => (await taskOf(child))?.reason).toBe('by-parent')
    await command(id, 'resume')
    await expect.poll(async () => (await taskOf(child))?.reason).toBe('step-failed')
  })

  it('lets a child that has not begun wait for its time again', async () => {
    template('later-child', [testStep('a')])
    const configuration = { template: 'later-child', delay: '1h' }
    const delayed = testStep('child', { action: { type: 'subtask', configuration } })
    const { id } = await engine.createTask(testTask(template('delays', [delayed])))
    await expect.poll(() => family(id)).toMatchObject({ 'later-child': 'scheduled/start-at' })
    await command(id, 'pause')
    await expect.poll(() => family(id)).toMatchObject({ 'later-child': 'paused/by-parent' })
    await command(id, 'resume')
    await expect.poll(() => family(id)).toMatchObject({ 'later-child': 'scheduled/start-at' })
    expect(await sql`select from timer where task_id = ${await idOf(id)}`).toHaveLength(1)
    await command(id, 'cancel')
    expect(await engine.waitForStop(id, 10)).toBe(true)
  })

  it('takes along a child that is born while it pauses', async () => {
    template('late', [testStep('a', { action: holds }), testStep('b', { dependencies: after('a') })])
    let open = () => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    setTestPoint('run.action-ended', (name) => (name === 'child' ? opened : undefined))
    const { id } = await engine.createTask(testTask(template('hasty', [starts('late')])))
    await expect.poll(() => statesOf(id)).toEqual({ child: 'RUNNING' })
    await command(id, 'pause')
    open()
    setTestPoint('run.action-ended', undefined)
    const held = toys.running('a').then((each) => each.finish())
    await expect.poll(() => family(id)).toEqual({ hasty: 'paused/by-user', late: 'paused/by-parent' })
    await command(id, 'resume')
    await held
    await expect.poll(async () => (await taskOf(id))?.result).toBe('success')
  })

  it('forgets it, children and all, when it is resumed before they rest; cancelled, all end', async () => {
    const forgets = await three('forgets')
    await command(forgets.id, 'pause')
    await expect.poll(() => family(forgets.id)).toMatchObject({ 'forgets-branch': 'paused/by-parent' })
    await expect.poll(() => record(forgets.leaf)).toEqual(['parent-paused ann'])
    await command(forgets.id, 'resume')
    await expect.poll(() => record(forgets.leaf)).toEqual(['parent-paused ann', 'parent-resumed ann'])
    forgets.held.finish()
    await expect.poll(async () => (await taskOf(forgets.id))?.result).toBe('success')
    const ends = await three('ends')
    await command(ends.id, 'pause')
    await expect.poll(() => record(ends.leaf)).toEqual(['parent-paused ann'])
    await command(ends.id, 'cancel')
    expect(await engine.waitForStop(ends.id, 10)).toBe(true)
    await expect
      .poll(async () => new Set(Object.values(await family(ends.id))))
      .toEqual(new Set(['stopped/cancelled']))
  })
})

it('a pause is not lost with the executor that lets the last step end', async () => {
  const idempotent = { action: { type: 'hold-idempotent', configuration: {} } }
  const { id } = await engine.createTask(testTask(template('survives', [testStep('a', idempotent)])))
  await toys.running('a')
  await command(id, 'pause')
  await loseExecutor(engine, database)
  await expect.poll(async () => (await taskOf(id))?.reason).toBe('by-user')
  expect(await record(id)).toEqual(['pause ann'])
  await expect.poll(() => sql`select from signal where task_id = ${id}`).toHaveLength(0)
})
