import type { Template } from '@stint/schema/template-types'
import type { SignalKind } from '@stint/schema/words'
import { afterAll, afterEach, expect, it } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { findings } from '../testing/fault/invariants.ts'
import { faultKit } from '../testing/fault/kit.ts'

const database = await testDatabase()
const { sql } = database
const kit = await faultKit(database)
afterEach(() => kit.killAll())
afterAll(() => kit.close())

const stepLimits = { socket: 3, fork: 2 }
const taskLimit = 6

const any = (below: number) => Math.floor(Math.random() * below)
const pick = <T>(list: readonly T[]) => list[any(list.length)] as T

/** Some locks of five, a limit for some, and three steps of which some need slots; one of them may wait, or be a loop. */
function hammered(no: number): Template {
  const resources = [0, 1, 2, 3, 4].filter(() => Math.random() < 0.3).map((id) => `host/${id}`)
  const step = (name: string, before?: Template['steps'][number]) => {
    const rows = ['socket', 'fork'].filter(() => Math.random() < 0.5)
    const action =
      Math.random() < 0.2
        ? { type: 'wait', configuration: { for: '20ms' } }
        : { type: 'append', configuration: { ms: 5 + any(20) } }
    return testStep([name, ...rows].join('-'), {
      action,
      resources: rows,
      ...(Math.random() < 0.2 && { foreach: '[1,2,3]' }),
      ...(before && { dependencies: [{ step: before.name, states: ['ANY'] }] }),
    })
  }
  const first = step('a')
  return testTemplate([first, step('b'), step('c', first)], {
    name: `hammered${no % 5}`,
    locks: resources.map((resource) => ({
      resource,
      mode: pick(['exclusive', 'shared'] as const),
      onConflict: 'wait' as const,
    })),
    ...(Math.random() < 0.4 && { limits: [{ resource: 'license', capacity: taskLimit }] }),
  })
}

/** What must never be, in one snapshot: a limit exceeded, a step that runs without its slots, or a pause that keeps others waiting. */
const violations = () => sql<{ what: string; n: number }[]>`
  select 'slots of ' || resource_id as what, count(*)::int as n from hold
  where mode is null
  group by resource_id
  having count(*) > case resource_id
    when 'socket' then ${stepLimits.socket}::int when 'fork' then ${stepLimits.fork}::int else ${taskLimit}::int end
  union all
  select 'running with ' || need, count(*) from step
  join unnest(array['socket', 'fork']) need on step.name like '%' || need || '%'
  where step.state = 'RUNNING' and not exists (
    select from hold where hold.task_id = step.task_id and hold.step_no = step.no and hold.resource_id = need
  )
  group by need
  union all
  select 'slot of a step that is ' || step.state, count(*) from hold
  join step on step.task_id = hold.task_id and step.no = hold.step_no
  where step.state in ('DONE', 'PRUNE', 'SKIPPED', 'CANCELLED', 'CRASHED', 'FATAL_ERROR', 'CLIENT_ERROR')
  group by step.state
  union all
  select 'slot of a paused task', count(*) from hold join task on task.id = hold.task_id
  where task.state = 'paused' and hold.step_no >= 0 having count(*) > 0
  union all
  select 'wait of a paused task', count(*) from wait join task on task.id = wait.task_id
  where task.state = 'paused' having count(*) > 0
  union all
  select 'rows of a task that is over', count(*) from (
    select task_id from hold union all select task_id from wait
  ) rows join task on task.id = rows.task_id where task.state = 'stopped' having count(*) > 0`

const stray = () => sql`
  select 'hold' as what, task_id, step_no, resource_id from hold
  union all
  select 'wait', task_id, step_no, resource_id from wait`

/** Heads of queues whose resources are all free, by the rules of the database itself. */
const forgotten = () => sql`
  select w.task_id, w.step_no, w.resource_id, task.state, task.reason
  from (select distinct resource_type, resource_id from wait) r
  cross join lateral next_waiter(r.resource_type, r.resource_id) w
  join task on task.id = w.task_id
  where not exists (
    select from wait o where o.task_id = w.task_id and o.step_no = w.step_no
      and blocker_of(o, ancestors_of(o.task_id), false) is not null
  )`

const open = async () =>
  (
    await sql<{ id: string; state: string; reason: string | null }[]>`
      select id, state, reason from task where state <> 'stopped'`
  ).map((row) => ({ ...row }))

interface Verb {
  readonly kind: SignalKind
  readonly stepNo?: number
  readonly payload?: object
}

const command = (taskId: string, verb: Verb) =>
  kit.engine.command(taskId, { actor: 'tester', ...verb }).catch(() => {})

const gentle = (round: number): Verb => {
  const kinds = ['pause', 'pause', 'resume', 'resume', 'start-over'] as const
  return { kind: round % 4 === 0 && Math.random() < 0.17 ? 'cancel' : pick(kinds) }
}

/** Also what gives up a task, changes its steps by hand, or does not ask whoever holds it. */
const rough = (round: number): Verb => {
  const state = pick(['DONE', 'TODO', 'PRUNE', 'FATAL_ERROR'])
  const others: Verb[] = [
    { kind: 'unlock' },
    { kind: 'force-unlock' },
    { kind: 'force-cancel' },
    { kind: 'skip-step', stepNo: any(3) },
    { kind: 'set-step-state', stepNo: any(3), payload: { state } },
  ]
  return Math.random() < 0.3 ? pick(others) : gentle(round)
}

/** Wants for itself what its parent may hold. */
const small = testTemplate([testStep('s', { action: { type: 'append', configuration: { ms: 10 } } })], {
  name: 'small',
  locks: [{ resource: 'host/0', mode: 'exclusive', onConflict: 'wait' }],
})

/**
 * As it was, or of some urgency and with a child under its locks. Never under a shared one: two parents whose children want more
 * wait for each other by their own design, as often as they are resumed.
 */
function asked(no: number, isRough: boolean): Template {
  const template = hammered(no)
  if (!isRough) return template
  const action = { type: 'subtask', configuration: { template: 'small' } }
  const shares = template.locks?.some(({ resource, mode }) => resource === 'host/0' && mode === 'shared')
  const child = no % 3 === 0 && !shares ? [testStep('child', { action })] : []
  return { ...template, priority: any(3), steps: [...template.steps, ...child] }
}

it.each([
  ['kills, cancels and pauses', 200, 12, gentle],
  ['unlocks, forces and changed steps, children and priorities besides', 80, 8, rough],
] as const)(
  'tasks over locks and limits: %s leave nothing held, nobody forgotten, no limit exceeded',
  async (_, taskCount, seconds, verbOf) => {
    const executor = () => kit.startExecutor({ resourceLimits: stepLimits, templates: { small } })
    const running = [await executor(), await executor(), await executor()]
    const ids = (
      await Promise.all(
        Array.from({ length: taskCount }, (_, no) =>
          kit.engine.createTask(testTask(asked(no, verbOf === rough))),
        ),
      )
    ).map(({ id }) => id)
    const samples = { taken: 0, busiest: 0 }
    const wrong = new Map<string, number>()
    let isOver = false
    const sampling = (async () => {
      while (!isOver) {
        for (const { what, n } of await violations()) wrong.set(what, Math.max(n, wrong.get(what) ?? 0))
        const [held] = await sql`select count(*)::int as n from hold`
        samples.taken++
        samples.busiest = Math.max(samples.busiest, held?.n ?? 0)
      }
    })()
    const until = Date.now() + seconds * 1000
    for (let round = 0; Date.now() < until; round++) {
      await Promise.all(Array.from({ length: 6 }, () => command(pick(ids), verbOf(round))))
      await new Promise((resolve) => setTimeout(resolve, any(60)))
      if (round % 15 === 14) {
        await running.splice(any(running.length), 1)[0]?.kill()
        running.push(await executor())
      }
    }
    const settled = async () => {
      const left = await open()
      for (const { id, state, reason } of left) {
        if (state !== 'paused') continue
        if (reason === 'needs-review')
          await command(id, { kind: 'review-step', payload: { decision: 'run-again' } })
        else await command(id, { kind: 'resume' })
      }
      return left.length
    }
    const whenSettled = expect.poll(settled, { timeout: 90_000, interval: 500 }).toBe(0)
    await whenSettled.catch(async (error) => {
      console.log(
        'wrong',
        wrong,
        'left',
        (await open()).slice(0, 20),
        'rows',
        (await stray()).slice(0, 20),
        await forgotten(),
      )
      throw error
    })
    isOver = true
    await sampling
    expect(Object.fromEntries(wrong)).toEqual({})
    expect(await stray()).toEqual([])
    expect(await findings(sql)).toMatchObject({
      leftovers: 0,
      gaps: 0,
      ...(verbOf === gentle && { finishedTwice: 0 }),
    })
    const [ended] = await sql`
    select count(*) filter (where result = 'success')::int as well, count(*) filter (where reason = 'cancelled')::int as cancelled,
      coalesce(sum(takeovers), 0)::int as takeovers from task`
    console.log(`${taskCount} tasks, ${samples.taken} samples, at most ${samples.busiest} holds`, ended)
  },
)
