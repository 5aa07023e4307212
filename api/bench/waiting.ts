import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { watchCpu } from './ground/cpu.ts'
import { type BenchEngine, startEngine } from './ground/engine.ts'
import { printTable, rounded } from './ground/figures.ts'
import { familyMegabytes, ownMegabytes } from './ground/memory.ts'
import type { BenchServer } from './ground/server.ts'
import { keepInFlight } from './load/in-flight.ts'
import { single } from './load/templates.ts'

/*
 * What do 100,000 tasks cost that wait for hours? Each was created, begun, and handed back by the engine; what is left of it
 * is rows. The same is measured before there are any: that is what an idle installation costs by itself.
 */

export const waitingOptions = '--tasks 100000 --seconds 20'

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

async function createWaiting(bench: BenchEngine, tasks: number): Promise<number> {
  const template = single('wait', { for: '6h' })
  let left = tasks
  const lane = async () => {
    while (left > 0) {
      left--
      await bench.run(template)
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
    join timer on timer.task_id = task.id
    where state = 'running' and reason = 'waiting-until' and executor_id is null`
  return row?.count ?? 0
}

export async function benchWaiting(server: BenchServer, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { tasks: { type: 'string', default: '100000' }, seconds: { type: 'string', default: '20' } },
  })
  const tasks = Number(values.tasks)
  const seconds = Number(values.seconds)
  const bench = await startEngine(server)
  bench.allowActions(inFlight)
  try {
    const before = await measureIdle(server, seconds)
    const perSecond = await createWaiting(bench, tasks)
    const waiting = await countWaiting(server)
    if (waiting !== tasks) throw new Error(`${waiting} tasks wait instead of ${tasks}`)
    const after = await measureIdle(server, seconds)
    printTable(
      `${tasks} tasks wait for hours (created ${Math.round(perSecond)} a second); ${seconds} s in which nothing is due`,
      { 'no tasks': before, [`${tasks} waiting`]: after },
    )
  } finally {
    await bench.stop()
  }
}
