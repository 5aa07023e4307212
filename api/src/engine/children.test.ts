import type { Template } from '@stint/schema/template-types'
import { afterAll, describe, expect, it } from 'vitest'
import { starts, templateShelf } from '../testing/children.ts'
import { testStep, testTask } from '../testing/engine.ts'
import { after, clientError, holds, toyEngine } from '../testing/toy-engine.ts'
import { setTestPoint } from './test-points.ts'

const { templates, childTasks, template } = templateShelf()
const { database, toys, engine, stop, taskOf, statesOf, ended } = await toyEngine({
  childTasks,
})
afterAll(stop)

const childrenOf = (id: string) =>
  database.sql<
    { id: string; state: string; result: string; bornGroup: number; executorId: string | null }[]
  >`select id, state, result, born_group, executor_id from task where parent_id = ${id} order by id`

const outputOf = async (id: string, stepNo: number) => {
  const [attempt] = await engine.reader.lastAttempts({ id, templateId: null }, [stepNo])
  return attempt?.output as Record<string, unknown>
}

const reasonOf = async (id: string) => {
  const task = await taskOf(id)
  return `${task?.state}/${task?.reason}`
}

async function started(made: Template): Promise<string> {
  return (await engine.createTask(testTask(made))).id
}

describe('a sub-task', () => {
  it('is over before its parent goes on, and hands over what it found', async () => {
    template('finds', [testStep('a', { action: { type: 'echo', configuration: { output: { n: 7 } } } })], {
      resultFormat: { n: '{{.step.a.output.n}}' },
    })
    const parent = template('asks', [
      starts('finds'),
      testStep('use', {
        dependencies: after('child'),
        action: { type: 'echo', configuration: { output: 'n is {{.step.child.output.result.n}}' } },
      }),
    ])
    const id = await ended(testTask(parent))
    expect(await taskOf(id)).toMatchObject({ state: 'stopped', result: 'success' })
    expect(await outputOf(id, 1)).toBe('n is 7')
    const [child, ...others] = await childrenOf(id)
    expect(others).toEqual([])
    expect(await outputOf(id, 0)).toMatchObject({ id: child?.id, outcome: 'success', state: 'DONE' })
    expect(await taskOf(child?.id as string)).toMatchObject({
      ownerName: 'tester',
      depth: 1,
      parentStepNo: 0,
    })
  })

  it('leaves its parent waiting and handed back while it runs', async () => {
    template('slow', [testStep('hold', { action: holds })])
    const id = await started(template('waits', [starts('slow')]))
    const held = await toys.running('hold')
    await expect.poll(() => reasonOf(id)).toBe('running/waiting-subtask')
    await expect.poll(async () => (await taskOf(id))?.executorId).toBeNull()
    expect(await engine.whyNotRunning(id)).toMatchObject({
      code: 'waiting-subtask',
      sentence: 'Step child waits for "slow" (running).',
      taskId: (await childrenOf(id))[0]?.id,
      stepNo: 0,
    })
    held.finish()
    expect(await engine.waitForStop(id, 10)).toBe(true)
    expect(await taskOf(id)).toMatchObject({ result: 'success' })
  })

  it('that fails is the failure of the step, with its error; a retry starts another', async () => {
    template('fails', [testStep('a', { action: clientError })], { onError: 'fail' })
    const id = await ended(testTask(template('carries', [starts('fails')])))
    expect(await reasonOf(id)).toBe('paused/step-failed')
    expect(await statesOf(id)).toEqual({ child: 'CLIENT_ERROR' })
    expect((await taskOf(id))?.errorSummary).toContain('no quota')
    template('fails', [testStep('a')])
    await engine.command(id, { kind: 'resume', actor: 'tester' })
    await expect.poll(() => statesOf(id)).toEqual({ child: 'DONE' })
    expect((await childrenOf(id)).map((child) => child.result)).toEqual(['error', 'success'])
  })

  it.each([
    ['cancelled', 'cancel'],
    ['force-cancelled', 'force-cancel'],
  ] as const)('that is %s wakes its parent', async (_, kind) => {
    template('victim', [testStep('hold', { action: holds })])
    const id = await started(template('mourns', [starts('victim')]))
    await toys.running('hold')
    const [child] = await childrenOf(id)
    await engine.command(child?.id as string, { kind, actor: 'tester' })
    expect(await engine.waitForStop(id, 10)).toBe(true)
    expect(await reasonOf(id)).toBe('paused/step-failed')
  })

  it('that somebody must accept waits for him, and a rejection is told', async () => {
    template('asked', [testStep('a')], { autoRunnable: false })
    const accepted = await started(template('asks', [starts('asked')]))
    const rejected = await started(templates.asks as Template)
    for (const [id, kind] of [
      [accepted, 'resolve'],
      [rejected, 'reject'],
    ] as const) {
      await expect.poll(() => reasonOf(id)).toBe('running/waiting-subtask')
      const [child] = await childrenOf(id)
      await engine.command(child?.id as string, { kind, actor: 'ann' })
      expect(await engine.waitForStop(id, 10)).toBe(true)
    }
    expect(await taskOf(accepted)).toMatchObject({ result: 'success' })
    expect(await reasonOf(rejected)).toBe('paused/step-failed')
    expect((await taskOf(rejected))?.errorSummary).toContain('rejected')
  })

  it('that pauses keeps its parent waiting; given up, it is the failure of the step', async () => {
    template('sticks', [testStep('a', { action: clientError })])
    const id = await started(template('hopes', [starts('sticks')]))
    await expect.poll(async () => (await childrenOf(id))[0]?.state).toBe('paused')
    await expect.poll(() => reasonOf(id)).toBe('running/waiting-subtask')
    const [child] = await childrenOf(id)
    await engine.command(child?.id as string, { kind: 'unlock', actor: 'ann' })
    expect(await engine.waitForStop(id, 10)).toBe(true)
    expect(await reasonOf(id)).toBe('paused/step-failed')
    expect((await taskOf(id))?.errorSummary).toContain('sticks')
  })

  it('that nobody may start, or whose inputs do not fit, fails the step with every problem', async () => {
    const input = { name: 'size', type: 'number', collection: false, optional: false, hidden: false } as const
    template('sized', [testStep('a')], { inputs: [input] })
    const wrong = await ended(testTask(template('wrong', [starts('sized')])))
    expect((await taskOf(wrong))?.errorSummary).toContain('size')
    const unknown = await ended(testTask(template('unknown', [starts('nowhere')])))
    expect((await taskOf(unknown))?.errorSummary).toContain('There is no template nowhere')
    expect(await childrenOf(wrong)).toEqual([])
  })

  it('tells a paused parent nothing it forgets: it looks when it is resumed', async () => {
    template('outlives', [testStep('hold', { action: holds })])
    const id = await started(template('paused', [starts('outlives')]))
    const held = await toys.running('hold')
    await expect.poll(() => reasonOf(id)).toBe('running/waiting-subtask')
    await engine.command(id, { kind: 'pause', actor: 'tester', payload: { alone: true } })
    expect(await reasonOf(id)).toBe('paused/by-user')
    held.finish()
    await expect.poll(async () => (await childrenOf(id))[0]?.state).toBe('stopped')
    await expect.poll(() => database.sql`select from signal where task_id = ${id}`).toHaveLength(0)
    expect(await reasonOf(id)).toBe('paused/by-user')
    await engine.command(id, { kind: 'resume', actor: 'tester' })
    await expect.poll(async () => (await taskOf(id))?.result).toBe('success')
  })

  it('can be nested 32 deep and no deeper', async () => {
    for (let depth = 0; depth < 33; depth++)
      template(`d${depth}`, [starts(`d${depth + 1}`)], { onError: 'fail' })
    template('d33', [testStep('bottom')])
    template('e9', [testStep('bottom')])
    for (let depth = 0; depth < 9; depth++) template(`e${depth}`, [starts(`e${depth + 1}`)])
    const ten = await ended(testTask(templates.e0 as Template))
    expect((await taskOf(ten))?.result).toBe('success')
    const { id } = await engine.createTask(testTask(templates.d0 as Template))
    await engine.waitForStop(id, 60)
    expect(await taskOf(id)).toMatchObject({ result: 'error' })
    const [deepest] = await database.sql`select max(depth)::int as depth from task where label like 'd%'`
    expect(deepest?.depth).toBe(32)
    const [bottom] = await database.sql`select error_summary from task where depth = 32`
    expect(bottom?.errorSummary).toContain('32 deep')
  }, 60_000)
})

describe('a parent that was given up', () => {
  it('hears, when it is taken up again, of a child that ended meanwhile', async () => {
    template('orphan', [testStep('hold', { action: holds })])
    const id = await started(template('given-up', [starts('orphan')]))
    await toys.running('hold')
    await expect.poll(() => reasonOf(id)).toBe('running/waiting-subtask')
    await engine.command(id, { kind: 'force-unlock', actor: 'ann' })
    await expect.poll(async () => (await childrenOf(id))[0]?.state).toBe('stopped')
    expect(await reasonOf(id)).toBe('stopped/halted')
    await engine.command(id, { kind: 'resume', actor: 'ann' })
    await expect.poll(() => reasonOf(id), { timeout: 5_000 }).toBe('paused/step-failed')
    expect(await statesOf(id)).toEqual({ child: 'CLIENT_ERROR' })
  })
})

describe('a parent that is cancelled', () => {
  it('is over after its children are, down to the last level', async () => {
    template('leaf', [testStep('hold', { action: holds })])
    template('branch', [starts('leaf')])
    const id = await started(
      template('trunk', [starts('branch'), testStep('later', { dependencies: after('child') })]),
    )
    await toys.running('hold')
    await engine.command(id, { kind: 'cancel', actor: 'ann' })
    expect(await engine.waitForStop(id, 10)).toBe(true)
    expect(await reasonOf(id)).toBe('stopped/cancelled')
    const rows = await database.sql<{ label: string; reason: string; endedAt: Date }[]>`
      select label, reason, ended_at from task where label in ('trunk', 'branch', 'leaf') order by ended_at`
    expect(rows.map((row) => `${row.label} ${row.reason}`)).toEqual([
      'leaf cancelled',
      'branch cancelled',
      'trunk cancelled',
    ])
    const told = await database.sql`select actor from event where name = 'cancel' and kind = 'command'
      and task_id in (select id from task where label in ('trunk', 'branch', 'leaf'))`
    expect(told.map((row) => row.actor)).toEqual(['ann', 'ann', 'ann'])
    expect(
      await database.sql`select signal.kind, label, state, reason, task_id from signal left join task on task.id = task_id`,
    ).toEqual([])
  })

  it('leaves those alone that its template says to leave', async () => {
    template('free', [testStep('hold', { action: holds })])
    const id = await started(template('lets', [starts('free', { onParentStop: 'leave' })]))
    const held = await toys.running('hold')
    await engine.command(id, { kind: 'cancel', actor: 'ann' })
    expect(await reasonOf(id)).toBe('stopped/cancelled')
    expect((await childrenOf(id))[0]?.state).toBe('running')
    held.finish()
    await expect.poll(async () => (await childrenOf(id))[0]?.result).toBe('success')
  })

  it('takes along a child that is born while the cancel comes', async () => {
    template('late', [testStep('hold', { action: holds })])
    let opened = () => {}
    const open = new Promise<void>((resolve) => {
      opened = resolve
    })
    setTestPoint('run.action-ended', (name) => (name === 'child' ? open : undefined))
    const id = await started(template('hasty', [starts('late')]))
    await expect.poll(() => statesOf(id)).toEqual({ child: 'RUNNING' })
    await engine.command(id, { kind: 'cancel', actor: 'ann' })
    opened()
    setTestPoint('run.action-ended', undefined)
    expect(await engine.waitForStop(id, 10)).toBe(true)
    await expect.poll(async () => (await childrenOf(id)).filter((c) => c.state !== 'stopped')).toEqual([])
    expect(await reasonOf(id)).toBe('stopped/cancelled')
  })

  it('by force stops at once and its children by force too', async () => {
    template('stubborn', [testStep('hold', { action: holds })])
    const id = await started(template('forced', [starts('stubborn')]))
    await toys.running('hold')
    await engine.command(id, { kind: 'force-cancel', actor: 'ann' })
    expect(await reasonOf(id)).toBe('stopped/cancelled')
    await expect.poll(async () => (await childrenOf(id))[0]?.result).toBe('cancelled')
  })
})

it('no wake-up is lost when the child ends while its parent is being handed back', async () => {
  template('quick', [testStep('a')])
  const made = template('races', [starts('quick')])
  const ids = await Promise.all(Array.from({ length: 200 }, () => started(made)))
  const open = () => database.sql`select id from task where label = 'races' and result <> 'success'`
  await expect.poll(open, { timeout: 30_000 }).toHaveLength(0)
  const [children] = await database.sql`select count(*)::int as count from task where label = 'quick'`
  expect(children?.count).toBe(ids.length)
  expect(engine.counts.found).toBe(0)
}, 40_000)
