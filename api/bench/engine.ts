import { parseArgs } from 'node:util'
import { type BenchEngine, shippedActions, startEngine } from './ground/engine.ts'
import { median, printTable, rounded, spread } from './ground/figures.ts'
import { Patience } from './ground/patience.ts'
import type { BenchServer } from './ground/server.ts'
import {
  type Contestants,
  contest,
  peerDatabase,
  priceRow,
  runChains,
  speedRow,
  statementsPerStep,
  stepsPerChain,
} from './load/contest.ts'
import { measureAlone, measureStarts, StartMarks } from './load/latency.ts'
import { startRaw } from './load/raw.ts'
import { chainOf, fanOf } from './load/templates.ts'
import { type DbosPeer, startDbos } from './peers/dbos.ts'

/*
 * How many durable steps a second, and how fast does a task start? Chains of ten echo steps, each reading the one before, run
 * through the engine as an installation runs them; in turns with the same chains in DBOS Transact and with the bare writes
 * that a durable step needs at the very least. All on one server, so that the ratios mean something on a busy machine.
 */

interface Options {
  readonly seconds: number
  readonly rounds: number
  readonly inFlight: readonly number[]
  readonly starts: number
  readonly peers: boolean
  readonly patience: number
}

export const engineOptions =
  '--seconds 3 --rounds 3 --in-flight 1,100,1000 --starts 500 --no-peers --patience SECONDS (to wait for a quiet machine)'

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '3' },
      'in-flight': { type: 'string', default: '1,100,1000' },
      starts: { type: 'string', default: '500' },
      peers: { type: 'boolean', default: true },
      patience: { type: 'string', default: '0' },
    },
  })
  return {
    seconds: Number(values.seconds),
    rounds: Number(values.rounds),
    inFlight: values['in-flight'].split(',').map(Number),
    starts: Number(values.starts),
    peers: values.peers,
    patience: Number(values.patience),
  }
}

/** As many actions at the same time as the settings allow as shipped, and as tasks are in flight where those are more. */
function loadsOf(inFlight: number): { name: string; actions: number }[] {
  const shipped = { name: `${inFlight} in flight`, actions: shippedActions }
  if (inFlight <= shippedActions) return [shipped]
  return [{ name: `${inFlight} in flight, max_running_actions ${inFlight}`, actions: inFlight }, shipped]
}

async function printSpeed(options: Options, all: Contestants, patience: Patience): Promise<void> {
  const speeds: Record<string, object> = {}
  const prices: Record<string, object> = {}
  for (const inFlight of options.inFlight) {
    for (const { name, actions } of loadsOf(inFlight)) {
      all.bench.allowActions(actions)
      await runChains(all.bench, inFlight, 0.5)
      const found = await contest(all, patience, { ...options, inFlight })
      speeds[name] = speedRow(found)
      prices[name] = priceRow(found, await statementsPerStep(all, inFlight))
    }
  }
  printTable(`Durable steps a second, chains of ten (median of ${options.rounds} rounds)`, speeds)
  printTable('What a step costs', prices)
}

/** In portions, so that a disturbed one can be measured again. */
const portion = 25

async function measurePortions<T>(count: number, patience: Patience, measure: (count: number) => Promise<T>) {
  const found: T[] = []
  for (let n = 0; n < count; n += portion) found.push((await patience.measure(() => measure(portion))).done)
  return found
}

async function printStarts(
  { starts }: Options,
  bench: BenchEngine,
  dbos: DbosPeer | undefined,
  marks: StartMarks,
  patience: Patience,
): Promise<void> {
  await measureStarts(bench, marks, 50)
  const ours = await measurePortions(starts, patience, (count) => measureStarts(bench, marks, count))
  const rows: Record<string, object> = {
    'creation acknowledged': spread(ours.flatMap(({ acknowledged }) => acknowledged)),
    'first step begins': spread(ours.flatMap(({ begun }) => begun)),
  }
  if (dbos) {
    const theirs = await measurePortions(starts, patience, (count) => dbos.starts(count))
    rows[`${dbos.name}: first step begins`] = spread(theirs.flat())
  }
  printTable(`From the request to …, idle engine, ${starts} tasks, ms`, rows)
}

async function printAlone(bench: BenchEngine, patience: Patience): Promise<void> {
  const rows: Record<string, object> = {}
  const tasks = [
    [`${stepsPerChain} in sequence`, chainOf(stepsPerChain), stepsPerChain],
    ['40 in sequence', chainOf(40), 40],
    ['40 in parallel', fanOf(40), 40],
  ] as const
  for (const [name, template, steps] of tasks) {
    const measure = (count: number) => measureAlone(() => bench.run(template), count)
    await measure(5)
    const times = (await measurePortions(100, patience, measure)).flat()
    rows[name] = { ...spread(times), 'ms/step': rounded(median(times) / steps, 3) }
  }
  printTable('One task alone, from the request to its durable end, ms', rows)
}

export async function benchEngine(server: BenchServer, args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  const patience = new Patience(options.patience, server.pid)
  const marks = new StartMarks()
  const bench = await startEngine(server, [marks.action])
  const dbos = options.peers ? await startDbos(await server.createDatabase(peerDatabase)) : undefined
  const raw = await startRaw(await server.createDatabase('raw'))
  try {
    await printStarts(options, bench, dbos, marks, patience)
    await printAlone(bench, patience)
    await printSpeed(options, { server, bench, raw, dbos }, patience)
  } finally {
    await raw.stop()
    await dbos?.stop()
    await bench.stop()
  }
}
