import { parseArgs } from 'node:util'
import { type CpuUse, watchCpu } from './ground/cpu.ts'
import { type BenchEngine, shippedActions, startEngine } from './ground/engine.ts'
import { median, printTable, rounded, spread } from './ground/figures.ts'
import { type BenchServer, countStatements } from './ground/server.ts'
import { keepInFlight } from './load/in-flight.ts'
import { measureAlone, measureStarts, StartMarks } from './load/latency.ts'
import { type RawLimit, startRaw } from './load/raw.ts'
import { chainOf, fanOf } from './load/templates.ts'
import { type DbosPeer, startDbos } from './peers/dbos.ts'

/*
 * How many durable steps a second, and how fast does a task start? Chains of ten echo steps, each reading the one before, run
 * through the engine as an installation runs them; in turns with the same chains in DBOS Transact and with the bare writes
 * that a durable step needs at the very least. All on one server, so that the ratios mean something on a busy machine.
 */

const stepsPerChain = 10
const peerDatabase = 'dbos'

interface Options {
  readonly seconds: number
  readonly rounds: number
  readonly inFlight: readonly number[]
  readonly starts: number
  readonly peers: boolean
}

export const engineOptions = '--seconds 3 --rounds 3 --in-flight 1,100,1000 --starts 500 --no-peers'

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
    },
  })
  return {
    seconds: Number(values.seconds),
    rounds: Number(values.rounds),
    inFlight: values['in-flight'].split(',').map(Number),
    starts: Number(values.starts),
    peers: values.peers,
  }
}

interface EngineRound {
  readonly stepsPerSecond: number
  readonly steps: number
  readonly flushes: number
  readonly entries: number
  readonly cpu: CpuUse
}

interface Contest {
  readonly ours: EngineRound[]
  readonly raw: number[]
  readonly dbos: number[]
}

const chain = chainOf(stepsPerChain)

async function runChains(
  server: BenchServer,
  bench: BenchEngine,
  inFlight: number,
  seconds: number,
): Promise<EngineRound> {
  const before = { ...bench.engine.executor.flusher.counts }
  const cpu = watchCpu(process.pid, server.pid)
  const run = await keepInFlight(inFlight, seconds, () => bench.run(chain))
  const { flushes, entries } = bench.engine.executor.flusher.counts
  const steps = run.done * stepsPerChain
  return {
    stepsPerSecond: steps / run.seconds,
    steps,
    flushes: flushes - before.flushes,
    entries: entries - before.entries,
    cpu: cpu(),
  }
}

/** Each round turns the order around: what the machine does meanwhile hits all of them alike. */
async function contest(
  { seconds, rounds }: Options,
  inFlight: number,
  {
    server,
    bench,
    raw,
    dbos,
  }: { server: BenchServer; bench: BenchEngine; raw: RawLimit; dbos: DbosPeer | undefined },
): Promise<Contest> {
  const found: Contest = { ours: [], raw: [], dbos: [] }
  const turns = [
    async () => found.ours.push(await runChains(server, bench, inFlight, seconds)),
    async () => found.raw.push(await raw.run(seconds / 2)),
    async () => {
      if (!dbos) return
      const answer = await dbos.chains(inFlight, seconds)
      found.dbos.push(answer.steps / answer.seconds)
    },
  ]
  for (let round = 0; round < rounds; round++) {
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn()
  }
  return found
}

/** What stands in the columns of a peer that is not there. */
const absent = 'not installed'

function speedRow({ ours, raw, dbos }: Contest) {
  const speed = median(ours.map((round) => round.stepsPerSecond))
  return {
    'steps/s': Math.round(speed),
    'DBOS steps/s': dbos.length === 0 ? absent : Math.round(median(dbos)),
    'raw steps/s': Math.round(median(raw)),
    'ours/DBOS': dbos.length === 0 ? absent : rounded(speed / median(dbos), 1),
    'ours/raw': rounded(speed / median(raw), 2),
  }
}

function priceRow(rounds: readonly EngineRound[], statements: { ours: number; dbos: number | undefined }) {
  const total = (pick: (round: EngineRound) => number) => rounds.reduce((sum, round) => sum + pick(round), 0)
  const steps = total((round) => round.steps)
  const seconds = total((round) => round.cpu.seconds)
  return {
    'flushes/s': Math.round(total((round) => round.flushes) / seconds),
    'entries/flush': rounded(total((round) => round.entries) / total((round) => round.flushes), 1),
    'statements/step': rounded(statements.ours, 3),
    'DBOS statements/step': statements.dbos === undefined ? absent : rounded(statements.dbos, 3),
    'node µs/step': rounded((total((round) => round.cpu.own) / steps) * 1e6, 1),
    'postgres µs/step': rounded((total((round) => round.cpu.postgres) / steps) * 1e6, 1),
    'cores used by others': rounded(total((round) => round.cpu.others) / seconds, 2),
  }
}

async function statementsPerStep(
  server: BenchServer,
  bench: BenchEngine,
  dbos: DbosPeer | undefined,
  inFlight: number,
) {
  const ours = await countStatements(server, 'stint', () => runChains(server, bench, inFlight, 1))
  const theirs = dbos && (await countStatements(server, peerDatabase, () => dbos.chains(inFlight, 1)))
  return {
    ours: ours.statements / ours.done.steps,
    dbos: theirs && theirs.statements / theirs.done.steps,
  }
}

/** As many actions at the same time as the settings allow as shipped, and as tasks are in flight where those are more. */
function loadsOf(inFlight: number): { name: string; actions: number }[] {
  const shipped = { name: `${inFlight} in flight`, actions: shippedActions }
  if (inFlight <= shippedActions) return [shipped]
  return [{ name: `${inFlight} in flight, max_running_actions ${inFlight}`, actions: inFlight }, shipped]
}

async function printSpeed(options: Options, parts: Parameters<typeof contest>[2]): Promise<void> {
  const { server, bench, dbos } = parts
  const speeds: Record<string, object> = {}
  const prices: Record<string, object> = {}
  for (const inFlight of options.inFlight) {
    for (const { name, actions } of loadsOf(inFlight)) {
      bench.allowActions(actions)
      await runChains(server, bench, inFlight, 0.5)
      const found = await contest(options, inFlight, parts)
      const statements = await statementsPerStep(server, bench, dbos, inFlight)
      speeds[name] = speedRow(found)
      prices[name] = priceRow(found.ours, statements)
    }
  }
  printTable(`Durable steps a second, chains of ten (median of ${options.rounds} rounds)`, speeds)
  printTable('What a step costs', prices)
}

async function printStarts(
  { starts }: Options,
  bench: BenchEngine,
  marks: StartMarks,
  dbos: DbosPeer | undefined,
) {
  await measureStarts(bench, marks, 50)
  const { acknowledged, begun } = await measureStarts(bench, marks, starts)
  const rows: Record<string, object> = {
    'creation acknowledged': spread(acknowledged),
    'first step begins': spread(begun),
  }
  if (dbos) rows[`${dbos.name}: first step begins`] = spread(await dbos.starts(starts))
  printTable(`From the request to …, idle engine, ${starts} tasks, ms`, rows)
}

async function printAlone(bench: BenchEngine): Promise<void> {
  const rows: Record<string, object> = {}
  const tasks = [
    [`${stepsPerChain} in sequence`, chain, stepsPerChain],
    ['40 in sequence', chainOf(40), 40],
    ['40 in parallel', fanOf(40), 40],
  ] as const
  for (const [name, template, steps] of tasks) {
    const run = () => bench.run(template)
    await measureAlone(run, 5)
    const times = await measureAlone(run, 50)
    rows[name] = { ...spread(times), 'ms/step': rounded(median(times) / steps, 3) }
  }
  printTable('One task alone, from the request to its durable end, ms', rows)
}

export async function benchEngine(server: BenchServer, args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  const marks = new StartMarks()
  const bench = await startEngine(server, [marks.action])
  const dbos = options.peers ? await startDbos(await server.createDatabase(peerDatabase)) : undefined
  const raw = await startRaw(await server.createDatabase('raw'))
  try {
    await printStarts(options, bench, marks, dbos)
    await printAlone(bench)
    await printSpeed(options, { server, bench, raw, dbos })
  } finally {
    await raw.stop()
    await dbos?.stop()
    await bench.stop()
  }
}
