import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../src/base/clock.ts'
import { checkout } from '../src/base/config.ts'
import { connect, type Sql } from '../src/postgres/connect.ts'
import { migrate } from '../src/postgres/migrate.ts'
import { ensurePartitions } from '../src/postgres/partitions.ts'
import { type BenchEngine, startEngine } from './ground/engine.ts'
import { median, printTable, rounded } from './ground/figures.ts'
import type { BenchServer } from './ground/server.ts'
import { runChains } from './load/contest.ts'

/*
 * What does a long transaction of somebody else cost? A backup, a report or a forgotten session pins what vacuum may clean for
 * as long as it lasts: rows that are updated or deleted stay, and whoever looks for the living ones walks over the dead. Two
 * databases of one server get the same chains in turns, so that both grow alike and feel the same neighbours; a snapshot pins
 * one of them, for vacuum keeps what a session of the same database may see.
 */

export const snapshotOptions = '--minutes 10 --window 15 --in-flight 100'

interface Window {
  readonly stepsPerSecond: number
  readonly deadRows: number
}

interface Contestant {
  readonly sql: Sql
  readonly bench: BenchEngine
  readonly windows: Window[]
}

async function startControl(server: BenchServer): Promise<Contestant & { stop(): Promise<void> }> {
  const target = await server.createDatabase('control')
  await migrate(target, join(checkout, 'api/migrations'))
  const sql = connect(target, { max: 2, applicationName: 'stint-bench' })
  await ensurePartitions(sql, systemClock.now())
  const bench = await startEngine({ ...server, sql, target })
  const stop = async () => {
    await bench.stop()
    await sql.end({ timeout: 5 })
  }
  return { sql, bench, windows: [], stop }
}

async function deadRows(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    -- deadRows
    select coalesce(sum(n_dead_tup), 0)::int as count from pg_stat_user_tables`
  return row?.count ?? 0
}

/** Another session looks at the database as it is now, until it is told to stop. */
async function pin(sql: Sql): Promise<() => Promise<void>> {
  const session = await sql.reserve()
  await session`begin isolation level repeatable read`
  await session`select count(*) from executor`
  return async () => {
    await session`commit`
    session.release()
  }
}

async function measure({ sql, bench, windows }: Contestant, inFlight: number, seconds: number) {
  const { stepsPerSecond } = await runChains(bench, inFlight, seconds)
  windows.push({ stepsPerSecond, deadRows: await deadRows(sql) })
}

const speedOf = (windows: readonly Window[]) => median(windows.map(({ stepsPerSecond }) => stepsPerSecond))

/** Quarter by quarter: what it costs grows with what it keeps. */
function rowsOf(pinned: readonly Window[], free: readonly Window[]) {
  const rows: Record<string, object> = {}
  const size = Math.max(1, Math.ceil(pinned.length / 4))
  for (let from = 0; from < pinned.length; from += size) {
    const [under, without] = [pinned, free].map((all) => all.slice(from, from + size)) as [Window[], Window[]]
    rows[`windows ${from + 1}–${from + under.length}`] = {
      'steps/s under it': Math.round(speedOf(under)),
      'steps/s without': Math.round(speedOf(without)),
      'cost, %': rounded((1 - speedOf(under) / speedOf(without)) * 100, 1),
      'dead rows under it': under.at(-1)?.deadRows ?? 0,
      'dead rows without': without.at(-1)?.deadRows ?? 0,
    }
  }
  return rows
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
  const seconds = Number(values.window)
  const inFlight = Number(values['in-flight'])
  const control = await startControl(server)
  const bench = await startEngine(server)
  const pinned: Contestant = { sql: server.sql, bench, windows: [] }
  try {
    for (const { bench: each } of [pinned, control]) await runChains(each, inFlight, 2)
    const release = await pin(server.sql)
    const until = performance.now() + Number(values.minutes) * 60_000
    // Every other time the order is turned around, so that nobody is always first.
    for (let round = 0; performance.now() < until; round++) {
      for (const each of round % 2 === 0 ? [pinned, control] : [control, pinned])
        await measure(each, inFlight, seconds)
    }
    await release()
    const title = `Durable steps a second under a snapshot pinned for ${values.minutes} min, windows of ${seconds} s`
    printTable(title, rowsOf(pinned.windows, control.windows))
    const cost = rounded((1 - speedOf(pinned.windows) / speedOf(control.windows)) * 100, 1)
    console.log(`Over the whole time it costs ${cost} % (the aim is below 20 %).`)
  } finally {
    await bench.stop()
    await control.stop()
  }
}
