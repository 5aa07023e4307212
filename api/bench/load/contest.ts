import type { CpuUse } from '../ground/cpu.ts'
import type { BenchEngine } from '../ground/engine.ts'
import { median, rounded } from '../ground/figures.ts'
import type { Patience } from '../ground/patience.ts'
import { type BenchServer, countStatements } from '../ground/server.ts'
import type { DbosPeer } from '../peers/dbos.ts'
import { keepInFlight } from './in-flight.ts'
import type { RawLimit } from './raw.ts'
import { chainOf } from './templates.ts'

/** What stands in the columns of a peer that is not there. */
export const absent = 'not installed'
export const peerDatabase = 'dbos'
export const stepsPerChain = 10
const chain = chainOf(stepsPerChain)

export interface Contestants {
  readonly server: BenchServer
  readonly bench: BenchEngine
  readonly raw: RawLimit
  readonly dbos: DbosPeer | undefined
}

interface EngineRound {
  readonly stepsPerSecond: number
  readonly steps: number
  readonly flushes: number
  readonly entries: number
  readonly cpu: CpuUse
}

/** Steps a second of all rounds, by contestant. */
export interface Contest {
  readonly ours: EngineRound[]
  readonly raw: number[]
  readonly dbos: number[]
}

/** Our chains for so long; resolves to their steps and what was flushed for them. */
export async function runChains(bench: BenchEngine, inFlight: number, seconds: number) {
  const before = { ...bench.engine.executor.flusher.counts }
  const run = await keepInFlight(inFlight, seconds, () => bench.run(chain))
  const { flushes, entries } = bench.engine.executor.flusher.counts
  const steps = run.done * stepsPerChain
  return {
    stepsPerSecond: steps / run.seconds,
    steps,
    flushes: flushes - before.flushes,
    entries: entries - before.entries,
  }
}

/** Rounds in which each runs for so long. Every other round turns the order around, so that nobody is always first. */
export async function contest(
  { bench, raw, dbos }: Contestants,
  patience: Patience,
  load: { inFlight: number; seconds: number; rounds: number },
): Promise<Contest> {
  const { inFlight, seconds, rounds } = load
  const found: Contest = { ours: [], raw: [], dbos: [] }
  const turns = [
    async () => {
      const { done, cpu } = await patience.measure(() => runChains(bench, inFlight, seconds))
      found.ours.push({ ...done, cpu })
    },
    async () => {
      const { done } = await patience.measure(() => raw.run(seconds / 2))
      found.raw.push(done)
    },
    async () => {
      if (!dbos) return
      const { done } = await patience.measure(() => dbos.chains(inFlight, seconds), dbos.pid)
      found.dbos.push(done.steps / done.seconds)
    },
  ]
  for (let round = 0; round < rounds; round++) {
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn()
  }
  return found
}

/** Who is how fast: medians of the rounds, and our ratio to each. */
export function speedRow({ ours, raw, dbos }: Contest) {
  const speed = median(ours.map((round) => round.stepsPerSecond))
  return {
    'steps/s': Math.round(speed),
    'DBOS steps/s': dbos.length === 0 ? absent : Math.round(median(dbos)),
    'raw steps/s': Math.round(median(raw)),
    'ours/DBOS': dbos.length === 0 ? absent : rounded(speed / median(dbos), 1),
    'ours/raw': rounded(speed / median(raw), 2),
    'cores used by others': rounded(
      sum(ours, ({ cpu }) => cpu.others) / sum(ours, ({ cpu }) => cpu.seconds),
      2,
    ),
  }
}

/** What one of our steps costs, and how many of them share a commit. */
export function priceRow({ ours }: Contest, statements: { ours: number; dbos: number | undefined }) {
  const steps = sum(ours, (round) => round.steps)
  const flushes = sum(ours, (round) => round.flushes)
  return {
    'flushes/s': Math.round(flushes / sum(ours, ({ cpu }) => cpu.seconds)),
    'entries/flush': rounded(sum(ours, (round) => round.entries) / flushes, 1),
    'statements/step': rounded(statements.ours, 3),
    'DBOS statements/step': statements.dbos === undefined ? absent : rounded(statements.dbos, 3),
    'node µs/step': rounded((sum(ours, ({ cpu }) => cpu.own) / steps) * 1e6, 1),
    'postgres µs/step': rounded((sum(ours, ({ cpu }) => cpu.postgres) / steps) * 1e6, 1),
  }
}

/** SQL statements that a step takes, `begin` and `commit` shared out among the steps of a flush. */
export async function statementsPerStep({ server, bench, dbos }: Contestants, inFlight: number) {
  const ours = await countStatements(server, 'stint', () => runChains(bench, inFlight, 1))
  const theirs = dbos && (await countStatements(server, peerDatabase, () => dbos.chains(inFlight, 1)))
  return {
    ours: ours.statements / ours.done.steps,
    dbos: theirs && theirs.statements / theirs.done.steps,
  }
}

function sum<T>(all: readonly T[], pick: (each: T) => number): number {
  return all.reduce((total, each) => total + pick(each), 0)
}
