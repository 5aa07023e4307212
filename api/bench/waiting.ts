import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Template } from '@stint/schema/template-types'
import { watchCpu } from './ground/cpu.ts'
import { type BenchEngine, startEngine } from './ground/engine.ts'
import { printTable, rounded } from './ground/figures.ts'
import { familyMegabytes, ownMegabytes } from './ground/memory.ts'
import type { BenchServer } from './ground/server.ts'
import { keepInFlight } from './load/in-flight.ts'
import { single } from './load/templates.ts'

/*
 * What do 100,000 tasks cost that wait for hours, some for a time and some for a lock that another one holds? Each was created,
 * and begun where it could, and handed back by the engine; what is left of it is rows. The same is measured before there are any: that is what an idle installation costs by itself.
 */

export const waitingOptions =
  '--tasks 100000 --locked 20000 --seconds 20 (60 for figures; locked: how many of the tasks wait for a lock)'

/** Tasks that are created at the same time. */
const inFlight = 500

async function settle(server: BenchServer): Promise<void> {
  // What creating them left to tidy up is a price of creating; it would come within minutes by itself.
  await server.sql`vacuum analyze`
  await server.sql`checkpoint`
  await pause(1000)
}

async function measureIdle(server: BenchServer, seconds: number) {
  await settle(server)
  const cpu = watchCpu(process.pid, server.pid)
  await pause(seconds * 1000)
  const { seconds: took, own, postgres, others } = cpu()
  const memory = ownMegabytes()
  return {
    'engine, % of a core': rounded((own / took) * 100, 2),
    'postgres, % of a core': rounded((postgres / took) * 100, 2),
    'engine, MB': Math.round(memory.resident),
    'of it live objects, MB': Math.round(memory.heap),
    'postgres, MB': Math.round(familyMegabytes(server.pid)),
    'cores used by others': rounded(others / took, 2),
  }
}

/** Locks that the locked ones want; the first of each holds it. */
const locks = 100

function templatesOf(tasks: number, locked: number): Template[] {
  const free = single('wait', { for: '6h' })
  const wanting = Array.from(
    { length: locks },
    (_, no): Template => ({
      ...single('wait', { for: '6h' }),
      locks: [{ resource: `host/${no}`, mode: 'exclusive', onConflict: 'wait' }],
    }),
  )
  return Array.from({ length: tasks }, (_, no) => (no < locked ? (wanting[no % locks] as Template) : free))
}

async function createWaiting(bench: BenchEngine, tasks: number, locked: number): Promise<number> {
  const templates = templatesOf(tasks, locked)
  let left = tasks
  const lane = async () => {
    while (left > 0) {
      const template = templates[--left] as Template
      // One that wants a lock may never be in the hands of this engine: it is enough that it is durable.
      if (template.locks) await bench.create(template)
      else await bench.run(template)
    }
  }
  const { seconds } = await keepInFlight(inFlight, 0, lane)
  return tasks / seconds
}

async function countWaiting({ sql }: BenchServer): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    -- countWaiting
    select count(*)::int as count
    from task
    where executor_id is null and (
      state = 'running' and reason = 'waiting-until' and exists (select from timer where timer.task_id = task.id)
      or state = 'pending' and reason = 'lock' and exists (select from wait where wait.task_id = task.id)
    )`
  return row?.count ?? 0
}

/** The last of them are handed back a moment after they were created. */
async function allWait(server: BenchServer, tasks: number): Promise<void> {
  let waiting = 0
  for (let tries = 0; tries < 100; tries++) {
    waiting = await countWaiting(server)
    if (waiting === tasks) return
    await pause(200)
  }
  throw new Error(`${waiting} tasks wait instead of ${tasks}`)
}

export async function benchWaiting(server: BenchServer, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      tasks: { type: 'string', default: '100000' },
      locked: { type: 'string', default: '20000' },
      seconds: { type: 'string', default: '20' },
    },
  })
  const tasks = Number(values.tasks)
  const seconds = Number(values.seconds)
  const locked = Math.min(Number(values.locked), tasks)
  const bench = await startEngine(server)
  bench.allowActions(inFlight)
  try {
    const before = await measureIdle(server, seconds)
    const perSecond = await createWaiting(bench, tasks, locked)
    await allWait(server, tasks)
    const after = await measureIdle(server, seconds)
    printTable(
      `${tasks} tasks wait for hours, ${locked} of them for a lock (created ${Math.round(perSecond)} a second); ${seconds} s in which nothing is due`,
      { 'no tasks': before, [`${tasks} waiting`]: after },
    )
  } finally {
    await bench.stop()
  }
}
