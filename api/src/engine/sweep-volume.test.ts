import { afterAll, expect, it } from 'vitest'
import { createLog } from '../base/log.ts'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { after, toyEngine } from '../testing/toy-engine.ts'
import { neverHeld } from './hold.ts'
import type { Removed } from './removal.ts'
import { findDueTasks, type KeepRule } from './store/removal.ts'
import { Sweep } from './sweep.ts'

const { database, engine, stop } = await toyEngine()
const { sql } = database
afterAll(stop)

const dayMs = 86_400_000
const many = 10_000

/** Copies of a task that is over, ended so long ago: rows as the engine has left them. */
async function copies(id: string, count: number, age: string, isInternal = false): Promise<void> {
  const prefix = isInternal ? '01980000' : '01970000'
  await sql.unsafe(`
    with made as (
      insert into task (
        id, kind, label, title, state, result, owner_name, about_task_id, last_seq, created_at, started_at, ended_at,
        state_updated_at
      )
      select c.id, kind, label, title, state, result, owner_name, case when ${isInternal} then c.id end, last_seq,
        created_at, started_at, now() - interval '${age}' - make_interval(secs => n), state_updated_at
      from task
      cross join (
        select n, ('${prefix}' || substr(gen_random_uuid()::text, 9))::uuid as id from generate_series(1, ${count}) n
      ) c
      where task.id = '${id}'
      returning id
    ), s as (
      insert into step (task_id, no, name, state, try_count, attempt_no)
      select made.id, no, name, step.state, try_count, attempt_no from made join step on step.task_id = '${id}'
    ), a as (
      insert into attempt (task_id, step_no, no, try_no, state, started_at, ended_at, output)
      select made.id, step_no, no, try_no, state, started_at, ended_at, output from made join attempt on task_id = '${id}'
    ), e as (
      insert into event (task_id, seq, at, kind, name) select made.id, seq, at, kind, name from made join event on task_id = '${id}'
    )
    insert into payload (task_id, key_id, wrapped_key, input)
    select made.id, key_id, wrapped_key, input from made join payload on task_id = '${id}'`)
}

const chain = testTemplate([
  testStep('a'),
  testStep('b', { dependencies: after('a') }),
  testStep('c', { dependencies: after('b') }),
])

it('10,000 tasks are deleted in small batches while work goes on', { timeout: 240_000 }, async () => {
  const { id } = await engine.createTask(testTask(chain))
  await engine.waitForStop(id, 10)
  await copies(id, many, '2 days')
  await copies(id, 2000, '1 hour')
  await copies(id, 500, '2 days', true)
  await sql`analyze`

  const batches: Removed[] = []
  let isOver = false
  const sweeper = new Sweep(
    {
      sql,
      log: createLog({ level: 'silent', format: 'json' }),
      hold: neverHeld,
      retention: () => ({ tasksMs: dayMs, internalMs: dayMs }),
      wake: async () => {},
      onRemoved: async (_, removed) => void batches.push(removed),
    },
    { removed: 0 },
  )
  const beganAt = performance.now()
  const sweeping = sweeper.sweep().finally(() => {
    isOver = true
  })
  const tookMs: number[] = []
  while (!isOver) {
    const startedAt = performance.now()
    const task = await engine.createTask(testTask(chain))
    expect(await engine.waitForStop(task.id, 30)).toBe(true)
    tookMs.push(performance.now() - startedAt)
  }
  expect(await sweeping).toBe(many + 500)
  const sweptMs = performance.now() - beganAt
  expect(Math.max(...batches.map(({ tasks, internal }) => tasks + internal))).toBeLessThanOrEqual(500)
  expect(engine.executor.flusher.counts).toMatchObject({ retries: 0, fenced: 0, bisections: 0 })
  const [left] = await sql<{ kept: number; steps: number; failed: number }[]>`
    select
      (select count(*)::int from task where id::text like '0197%') as kept,
      (select count(*)::int from step where task_id::text like '0197%' or task_id::text like '0198%') as steps,
      (select count(*)::int from task where result <> 'success') as failed`
  expect(left).toEqual({ kept: 2000, steps: 6000, failed: 0 })
  tookMs.sort((a, b) => a - b)
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0)
  const quantile = (share: number) => tookMs[Math.floor(share * (tookMs.length - 1))]?.toFixed(1)
  process.stdout.write(
    `${rows} rows of ${many + 500} tasks in ${batches.length} batches, ${(sweptMs / 1000).toFixed(1)} s; ` +
      `meanwhile ${tookMs.length} tasks of three steps: p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms, at most ${quantile(1)} ms\n`,
  )
})

it('a task with 5,000 children goes in one piece', async () => {
  const { id } = await engine.createTask(testTask(chain))
  await engine.waitForStop(id, 10)
  await copies(id, 5000, '2 days')
  await sql`update task set parent_id = ${id}, parent_step_no = 0 where id::text like '0197%' and ended_at < now() - interval '1 day'`
  await sql`update task set ended_at = now() - interval '2 days' where id = ${id}`
  const batches: Removed[] = []
  const sweeper = new Sweep(
    {
      sql,
      log: createLog({ level: 'silent', format: 'json' }),
      hold: neverHeld,
      retention: () => ({ tasksMs: dayMs, internalMs: undefined }),
      wake: async () => {},
      onRemoved: async (_, removed) => void batches.push(removed),
    },
    { removed: 0 },
  )
  const beganAt = performance.now()
  expect(await sweeper.sweep()).toBe(5001)
  expect(batches).toMatchObject([{ tasks: 5001 }])
  process.stdout.write(`a family of 5,001 tasks: ${((performance.now() - beganAt) / 1000).toFixed(1)} s\n`)
})

it.each<[KeepRule['by'], string]>([
  ['template', 'task_kept_idx'],
  ['setting', 'task_ended_idx'],
  ['internal', 'task_internal_ended_idx'],
])('what is due by the %s is found by an index', async (by, index) => {
  await sql`update task set keep_seconds = 86400 where id::text like '0197%1'`
  await sql`analyze task`
  const { id } = await engine.createTask(testTask(chain))
  await engine.waitForStop(id, 10)
  await copies(id, 300, '1 hour', true)
  const rule: KeepRule = by === 'template' ? { by } : { by, keepMs: dayMs }
  const place = { at: '2026-01-01 00:00:00+00', id }
  for (const from of [undefined, place]) {
    const plan = await planOf((recorded) => findDueTasks(recorded, rule, from, 200))
    expect(plan).toContain(index)
    expect(plan).not.toContain('Seq Scan')
  }
})

/** The plan of the one statement that is asked. */
async function planOf(ask: (explaining: typeof sql) => PromiseLike<unknown>): Promise<string> {
  const lines: string[] = []
  await sql.begin(async (tx) => {
    const explaining = ((parts: TemplateStringsArray, ...values: never[]) => {
      const [first = ''] = parts
      if (!first.includes('-- findDueTasks')) return tx(parts, ...values)
      const raw = [`explain ${first.replace('-- findDueTasks', '')}`, ...parts.slice(1)]
      return tx(Object.assign(raw, { raw }) as unknown as TemplateStringsArray, ...values)
    }) as unknown as typeof sql
    const rows = (await ask(explaining)) as Record<string, string>[]
    lines.push(...rows.flatMap((row) => Object.values(row)))
  })
  return lines.join('\n')
}
