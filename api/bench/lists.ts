import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role, TaskResult, TaskState } from '@stint/schema/words'
import { checkout } from '../src/base/config.ts'
import { newId } from '../src/base/ids.ts'
import type { Actor } from '../src/domains/access/model.ts'
import type { TaskFilter } from '../src/domains/tasks/filter.ts'
import { countAll, countByOutcome } from '../src/domains/tasks/store/counts.ts'
import { eventsOfTasks } from '../src/domains/tasks/store/events.ts'
import { listTasks, tasksByIds } from '../src/domains/tasks/store/lists.ts'
import { stepStatesOfTasks, stepsOfTasks } from '../src/domains/tasks/store/steps.ts'
import { repairCounts } from '../src/engine/store/task-count.ts'
import { connect, type Sql } from '../src/postgres/connect.ts'
import { EmbeddedPostgres } from '../src/postgres/embedded.ts'
import { migrate } from '../src/postgres/migrate.ts'
import { actorOf } from '../src/testing/world.ts'

/*
 * What does a page of the task list cost with 200,000 tasks and 1,000,000 steps in the database, for somebody who sees
 * everything and for somebody who sees a hundred of them? Prints a row per question: rows, median of 15 runs, how the
 * planner went about it, blocks touched.
 */

const taskCount = Number(process.env.TASKS ?? 200_000)
const stepsPerTask = 5
const runs = 15

const dataDir = mkdtempSync(join(tmpdir(), 'stint-bench-lists-'))
const postgres = new EmbeddedPostgres({ dataDir, settings: { jit: 'off' }, durable: false })
await postgres.start()
const sql = connect(postgres.target, { max: 2 })
await migrate(postgres.target, join(checkout, 'api/migrations'))

const people = Array.from({ length: 50 }, (_, n) => actorOf(`person${n}`, ['operator'] satisfies Role[]))
const admin = actorOf('root', ['admin'])
const rita = actorOf('rita', ['resolver'], { groups: ['storage'] })
const nobody = actorOf('nobody', ['resolver'])

/** Live states are rare, as they are in an installation that has run for months. */
function outcomeOf(n: number): [TaskState, TaskResult] {
  if (n % 4_000 === 7) return ['paused', 'pending']
  if (n % 1_000 === 11) return ['running', 'pending']
  if (n % 400 === 13) return ['scheduled', 'pending']
  if (n % 2_000 === 17) return ['pending', 'pending']
  if (n % 20 === 3) return ['stopped', 'error']
  if (n % 33 === 5) return ['stopped', 'warning']
  return n % 100 === 1 ? ['stopped', 'cancelled'] : ['stopped', 'success']
}

async function fill(db: Sql): Promise<string[]> {
  const ids: string[] = []
  const beginMs = Date.now() - 60 * 86_400_000
  for (let from = 0; from < taskCount; from += 10_000) {
    const rows = Array.from({ length: Math.min(10_000, taskCount - from) }, (_, index) => {
      const n = from + index
      const [state, result] = outcomeOf(n)
      const owner = people[(n * 7) % people.length] as Actor
      return { id: newId(beginMs + n * 25_000), n, state, result, owner: owner.userId, name: owner.name }
    })
    ids.push(...rows.map((row) => row.id))
    await db`
      /* benchTasks */
      insert into task (
        id, kind, label, title, state, result, owner_id, owner_name, resolvers, resolver_groups, watchers, error_summary,
        created_at, started_at, state_updated_at
      )
      select
        id, 'run', 'template-' || (n % 30), 'Does something with host db' || n, state, result, owner, name,
        case when n % 5000 = 1 then array['rita'] else '{}' end,
        case when n % 4000 = 2 then array['storage'] else '{}' end,
        case when n % 8000 = 3 then array['rita'] else '{}' end,
        case when result = 'error' then 'connection to db' || n || ' refused' end,
        now() - (${taskCount} - n) * interval '25 seconds', now(), now()
      from unnest(
        ${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.n)}::int[], ${rows.map((row) => row.state)}::text[],
        ${rows.map((row) => row.result)}::text[], ${rows.map((row) => row.owner)}::uuid[], ${rows.map((row) => row.name)}::text[]
      ) as row (id, n, state, result, owner, name)
    `
    await db`
      /* benchSteps */
      insert into step (task_id, no, name, state, try_count, attempt_no)
      select id, no, 'step' || no, 'DONE', 1, 1
      from unnest(${rows.map((row) => row.id)}::uuid[]) as id, generate_series(0, ${stepsPerTask - 1}) as no
    `
    await db`
      /* benchEvents */
      insert into event (task_id, seq, at, kind, name)
      select id, seq, now(), 'step', 'DONE'
      from unnest(${rows.map((row) => row.id)}::uuid[]) as id, generate_series(1, 4) as seq
    `
  }
  await db.begin(repairCounts)
  await db`vacuum analyze`
  return ids
}

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly 'Shared Hit Blocks'?: number
  readonly 'Shared Read Blocks'?: number
  readonly Plans?: readonly PlanNode[]
}

function nodesOf(plan: PlanNode): string[] {
  const own = plan['Index Name'] ? `${plan['Node Type']} ${plan['Index Name']}` : plan['Node Type']
  return [own, ...(plan.Plans ?? []).flatMap(nodesOf)]
}

/** The same question with `explain` in front: a statement may stand inside of another as a fragment. */
function explaining(db: Sql): Sql {
  return new Proxy(db, {
    apply(target, self, args: unknown[]) {
      const query = Reflect.apply(target as unknown as (...all: unknown[]) => unknown, self, args)
      const isStatement = Array.isArray(args[0]) && String(args[0][0]).includes('/*')
      return isStatement ? db`explain (analyze, buffers, format json) ${query as never}` : query
    },
  })
}

async function planOf(ask: (db: Sql) => Promise<unknown>): Promise<{ plan: string; blocks: number }> {
  const [row] = (await ask(explaining(sql))) as Record<string, [{ Plan: PlanNode }]>[]
  const plan = row?.['QUERY PLAN']?.[0].Plan as PlanNode
  const nodes = nodesOf(plan).filter((node) => /Scan/.test(node) && !/Function|Subquery/.test(node))
  const blocks = (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0)
  return { plan: [...new Set(nodes)].join(', ').replaceAll('Scan ', 'Scan: '), blocks }
}

async function measure(name: string, ask: (db: Sql) => Promise<{ length: number }>) {
  const times: number[] = []
  let rows = 0
  for (let run = 0; run < runs; run++) {
    const begun = performance.now()
    rows = (await ask(sql)).length
    times.push(performance.now() - begun)
  }
  times.sort((a, b) => a - b)
  const { plan, blocks } = await planOf(ask)
  return {
    question: name,
    rows,
    ms: Number((times[Math.floor(runs / 2)] as number).toFixed(2)),
    worst: Number((times.at(-1) as number).toFixed(1)),
    blocks,
    plan,
  }
}

const ids = await fill(sql)
const page = (more: { from?: string; size?: number } = {}) =>
  ({ direction: 'newer-first', size: 25, ...more }) as const
const list = (name: string, actor: Actor, filter: TaskFilter, more: { from?: string; size?: number } = {}) =>
  measure(name, (db) => listTasks(db, actor, filter, page(more)))
const middle = ids[Math.floor(ids.length / 2)] as string
const owner = people[3] as Actor

console.table([
  await list('first page', admin, {}),
  await list('page in the middle', admin, {}, { from: middle }),
  await list('running', admin, { states: ['running'] }),
  await list('paused', admin, { states: ['paused'] }),
  await list('stopped with error', admin, { states: ['stopped'], results: ['error'] }),
  await list('warning or error', admin, { results: ['warning', 'error'] }),
  await list('everything but success', admin, { results: ['pending', 'warning', 'error', 'cancelled'] }),
  await list('one label', admin, { labels: ['template-7'] }),
  await list('one label, paused', admin, { labels: ['template-7'], states: ['paused'] }),
  await list('mine', owner, { mine: true }),
  await list('text that many have', admin, { text: 'HOST' }),
  await list('text that one has', admin, { text: 'host db100003' }),
  await list('text that nobody has', admin, { text: 'nothing like it' }),
  await list('resolver of 115: all', rita, {}),
  await list('resolver of 115: errors', rita, { results: ['error'] }),
  await list('resolver of none', nobody, {}),
  await measure('25 by id', (db) => tasksByIds(db, admin, ids.slice(-25))),
  await measure('counts, all', (db) => countAll(db)),
  await measure('counts, all, of the rows', (db) => countByOutcome(db, admin, {}, 10_000_000)),
  await measure('counts, one label', (db) => countByOutcome(db, admin, { labels: ['template-7'] }, 10_001)),
  await measure('counts, resolver of 115', (db) => countByOutcome(db, rita, {}, 10_001)),
  await measure('counts, resolver of none', (db) => countByOutcome(db, nobody, {}, 10_001)),
  await measure('counts, text that nobody has', (db) =>
    countByOutcome(db, admin, { text: 'nothing like it' }, 10_001),
  ),
  await measure('steps of one task', (db) => stepsOfTasks(db, [middle], { size: 100 })),
  await measure('step states of 25', (db) => stepStatesOfTasks(db, ids.slice(-25))),
  await measure('events of one task', (db) => eventsOfTasks(db, [{ taskId: middle, after: 0 }], 100)),
])
await sql.end()
await postgres.stop()
rmSync(dataDir, { recursive: true, force: true })
