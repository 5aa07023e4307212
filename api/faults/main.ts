import { parseArgs } from 'node:util'
import { enterRing } from '../src/domains/keys/ring.ts'
import { KeyRing } from '../src/engine/seal.ts'
import type { Sql } from '../src/postgres/connect.ts'
import { type Findings, findings } from '../src/testing/fault/invariants.ts'
import { faultKit } from '../src/testing/fault/kit.ts'
import { lateWrites } from './ground/late.ts'
import type { Ground, Outcome, Scenario } from './ground/scenario.ts'
import { settled, until } from './ground/scenario.ts'
import { type FaultServer, startServer } from './ground/server.ts'
import { hammerOfLocks } from './scenarios/hammer.ts'
import { killsAtPoints, killsInTakeover, randomKills, wholeInstallation } from './scenarios/kills.ts'
import { loopsAndChildren, oneLimit, oneLock } from './scenarios/locks.ts'
import { cleanRestarts, cutConnections, databaseRestarts, freezes, slowDisk } from './scenarios/outages.ts'
import {
  cancelEverywhere,
  claimRace,
  clockJumps,
  fullSlots,
  poison,
  signalsRaceReleases,
} from './scenarios/races.ts'
import { rotationWithKills } from './scenarios/rotation.ts'

/*
 * `pnpm test:faults`: what must hold whatever happens to executors, connections and the database. Each scenario has real
 * processes and a database of its own; the same invariants are looked at after each. The short form runs with `npm test`
 * (src/engine/*.faults.test.ts).
 */

const scenarios: readonly Scenario[] = [
  killsAtPoints,
  killsInTakeover,
  randomKills,
  wholeInstallation,
  freezes,
  cleanRestarts,
  databaseRestarts,
  cutConnections,
  slowDisk,
  fullSlots,
  claimRace,
  oneLock,
  oneLimit,
  loopsAndChildren,
  hammerOfLocks,
  signalsRaceReleases,
  cancelEverywhere,
  clockJumps,
  poison,
  rotationWithKills,
]

interface Judged extends Outcome {
  readonly name: string
  readonly lost: number
  readonly found: number
  readonly late: number
  readonly seen: Findings
  readonly complaints: readonly string[]
  readonly seconds: number
}

const endsOf = ({ alsoEnds = [] }: Outcome) => new Set(['stopped/success', ...alsoEnds])

function complaintsOf(
  outcome: Outcome,
  seen: Findings,
  figures: { lost: number; found: number; late: number },
) {
  const { byState, outOfOrder, ...rest } = seen
  const counts = outcome.isChain === false ? rest : { ...rest, outOfOrder }
  const ends = endsOf(outcome)
  const broken = Object.entries({ ...counts, lost: figures.lost, late: figures.late }).filter(
    ([, count]) => count > 0,
  )
  const odd = Object.entries(byState).filter(([key]) => !ends.has(key))
  return [
    ...odd.map(([key, count]) => `${count} tasks ended as ${key}`),
    ...broken.map(([name, count]) => `${name}: ${count}`),
    ...(figures.found > 0 && !outcome.mayFind ? [`the safety net found ${figures.found}`] : []),
    ...(outcome.takeovers?.some((ms) => ms > 15_000) ? ['a takeover took longer than 15 s'] : []),
    ...(outcome.wrong ?? []),
  ]
}

/** Mail that raced with the end of its task is swept away by the leader, within a minute. */
async function sweptFindings(sql: Sql): Promise<Findings> {
  await until(async () => (await findings(sql)).leftovers === 0, 60, 1000)
  return findings(sql)
}

/** What no fault of ours may make an executor say; that it lost its place, or could not reach the database, it may. */
const alarming =
  /refused an entry|cannot be written|cannot be loaded|had no runner|bug|is too long|failed\b.*duplicate/

async function judge(scenario: Scenario, server: FaultServer, part: number, no: number): Promise<Judged> {
  const database = await server.createDatabase(`fault_${no}`)
  const { sql } = database
  const { ring } = scenario
  const keys = ring && new KeyRing(ring, ring.at(-1)?.id)
  if (ring) await enterRing(database.app, ring.slice(-1))
  const kit = await faultKit(database, { ...(ring && { ring }), ...(keys && { keys }) })
  const ground: Ground = { server, sql, kit, keys: keys ?? kit.keys, share: part }
  const begun = performance.now()
  try {
    const outcome = await scenario.run(ground)
    await settled(ground, outcome.alsoEnds, 30)
    const seen = await sweptFindings(sql)
    const expected = endsOf(outcome)
    const lost = Object.entries(seen.byState).reduce(
      (sum, [key, count]) => sum + (expected.has(key) ? 0 : count),
      0,
    )
    const total = Object.values(seen.byState).reduce((sum, count) => sum + count, 0)
    const found = kit.engine.counts.found + kit.started.reduce((sum, { told }) => sum + told.found, 0)
    const late = await lateWrites(sql)
    const figures = { lost: lost + Math.max(0, outcome.tasks - total), found, late }
    const errors = kit.started.flatMap((each) => each.errors).filter((each) => alarming.test(each))
    const complaints = [...complaintsOf(outcome, seen, figures), ...new Set(errors)]
    return {
      ...outcome,
      ...figures,
      name: scenario.name,
      seen,
      complaints,
      seconds: (performance.now() - begun) / 1000,
    }
  } finally {
    await kit.close()
    await database.close()
  }
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

function spreadOf(all: readonly number[]): string {
  if (all.length === 0) return ''
  const sorted = [...all].sort((a, b) => a - b)
  return `${seconds(sorted[Math.floor(sorted.length / 2)] as number)} / ${seconds(sorted.at(-1) as number)}`
}

function rowOf({
  tasks,
  faults,
  lost,
  seen,
  late,
  found,
  takeovers = [],
  complaints,
  seconds: took,
}: Judged) {
  return {
    tasks,
    faults,
    lost,
    'finished twice': seen.finishedTwice,
    'late writes': late,
    'found by the net': found,
    'takeover p50 / max': spreadOf(takeovers),
    verdict: complaints.length === 0 ? 'ok' : 'BROKEN',
    seconds: Math.round(took),
  }
}

function printSummary(judged: readonly Judged[]): void {
  const sum = (pick: (each: Judged) => number) => judged.reduce((all, each) => all + pick(each), 0)
  const total = {
    tasks: sum(({ tasks }) => tasks),
    faults: '',
    lost: sum(({ lost }) => lost),
    'finished twice': sum(({ seen }) => seen.finishedTwice),
    'late writes': sum(({ late }) => late),
    'found by the net': sum(({ found }) => found),
    'takeover p50 / max': spreadOf(judged.flatMap(({ takeovers = [] }) => takeovers)),
    verdict: judged.every(({ complaints }) => complaints.length === 0) ? 'ok' : 'BROKEN',
    seconds: Math.round(sum(({ seconds: took }) => took)),
  }
  console.table({ ...Object.fromEntries(judged.map((each) => [each.name, rowOf(each)])), 'all of it': total })
  for (const { name, complaints, notes = [] } of judged) {
    for (const note of notes) console.log(`${name}: ${note}`)
    for (const complaint of complaints) console.log(`BROKEN ${name}: ${complaint}`)
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { share: { type: 'string', default: '1' } },
})
const wanted = scenarios.filter(
  ({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)),
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const server = await startServer()
const judged: Judged[] = []
try {
  for (const [no, scenario] of wanted.entries()) {
    const one = await judge(scenario, server, Number(values.share), no)
    const verdict = one.complaints.length === 0 ? 'ok    ' : 'BROKEN'
    console.log(
      `${verdict} ${one.name} (${one.tasks} tasks, ${Math.round(one.seconds)} s) ${one.complaints.join(' · ')}`,
    )
    judged.push(one)
  }
} finally {
  await server.stop()
}
printSummary(judged)
process.exit(judged.every(({ complaints }) => complaints.length === 0) ? 0 : 1)
