import { parseArgs } from 'node:util'
import { type BenchEngine, startEngine } from './ground/engine.ts'
import { median, printTable, rounded } from './ground/figures.ts'
import type { BenchServer } from './ground/server.ts'
import { runChains } from './load/contest.ts'

/*
 * What does a long transaction of somebody else cost? A backup, a report or a forgotten session pins what vacuum may clean for
 * as long as it lasts: rows that are updated or deleted stay, and whoever looks for the living ones walks over the dead. The
 * same chains run before it, all through it, and after it: what is slower afterwards, too, is the size of the tables and not
 * the snapshot.
 */

export const snapshotOptions = '--minutes 10 --window 15 --in-flight 100'

interface Window {
  readonly stepsPerSecond: number
  readonly deadRows: number
}

async function deadRows({ sql }: BenchServer): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    -- deadRows
    select coalesce(sum(n_dead_tup), 0)::int as count from pg_stat_user_tables`
  return row?.count ?? 0
}

/** Windows of so many seconds, as many as fit. */
async function measure(
  server: BenchServer,
  bench: BenchEngine,
  load: { inFlight: number; window: number; seconds: number },
): Promise<Window[]> {
  const until = performance.now() + load.seconds * 1000
  const found: Window[] = []
  do {
    const { stepsPerSecond } = await runChains(bench, load.inFlight, load.window)
    found.push({ stepsPerSecond, deadRows: await deadRows(server) })
  } while (performance.now() < until)
  return found
}

/** Another session looks at the database as it is now, until it is told to stop. */
async function pin({ sql }: BenchServer): Promise<() => Promise<void>> {
  const session = await sql.reserve()
  await session`begin isolation level repeatable read`
  await session`select count(*) from executor`
  return async () => {
    await session`commit`
    session.release()
  }
}

function rowOf(windows: readonly Window[]) {
  return {
    'steps/s': Math.round(median(windows.map(({ stepsPerSecond }) => stepsPerSecond))),
    slowest: Math.round(Math.min(...windows.map(({ stepsPerSecond }) => stepsPerSecond))),
    'dead rows': windows.at(-1)?.deadRows ?? 0,
    windows: windows.length,
  }
}

export async function benchSnapshot(server: BenchServer, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      window: { type: 'string', default: '15' },
      'in-flight': { type: 'string', default: '100' },
    },
  })
  const seconds = Number(values.minutes) * 60
  const window = Number(values.window)
  const load = { inFlight: Number(values['in-flight']), window }
  const bench = await startEngine(server)
  try {
    await runChains(bench, load.inFlight, 2)
    // As long as a quarter of the whole: noise must not decide.
    const around = { ...load, seconds: Math.max(window * 3, seconds / 4) }
    const before = await measure(server, bench, around)
    const release = await pin(server)
    const during = await measure(server, bench, { ...load, seconds })
    await release()
    await server.sql`vacuum analyze`
    const after = await measure(server, bench, around)
    const late = during.slice(-Math.max(1, Math.floor(during.length / 4)))
    printTable(`Durable steps a second under a snapshot pinned for ${values.minutes} min`, {
      before: rowOf(before),
      'under it': rowOf(during),
      'its last quarter': rowOf(late),
      'after it': rowOf(after),
    })
    const free = median([...before, ...after].map(({ stepsPerSecond }) => stepsPerSecond))
    const pinned = median(late.map(({ stepsPerSecond }) => stepsPerSecond))
    const cost = rounded((1 - pinned / free) * 100, 1)
    console.log(`In its last quarter it costs ${cost} % (the aim is below 20 %).`)
  } finally {
    await bench.stop()
  }
}
