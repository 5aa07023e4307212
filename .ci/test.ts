import { runChecks } from './phases/checks.ts'
import { type Outcome, outcomeOf } from './phases/outcome.ts'
import { runPlaywright } from './phases/playwright.ts'
import { installPrograms } from './phases/programs.ts'
import { runVitest } from './phases/vitest.ts'

interface Phase {
  readonly name: string
  /** More than this is told; the run goes on. */
  readonly budgetSeconds: number
  run(): Promise<Outcome>
}

interface Timed extends Outcome {
  readonly name: string
  readonly seconds: number
  readonly budgetSeconds: number
}

// Installing comes before this file can run; boot.mjs says how long it took.
const installSeconds = Number(process.env.STINT_INSTALL_SECONDS ?? 0)
const nothing: Outcome = { passed: 0, failed: [], skipped: [] }

async function runUnits(): Promise<Outcome> {
  await installPrograms()
  return runVitest(['schema', 'api', 'web', 'ci'], 900)
}

const phases: Phase[] = [
  { name: 'types and lint', budgetSeconds: 120, run: runChecks },
  { name: 'unit', budgetSeconds: 420, run: runUnits },
  { name: 'end to end', budgetSeconds: 480, run: () => runPlaywright(900) },
  { name: 'faults', budgetSeconds: 240, run: () => runVitest(['faults'], 600, 'verbose') },
]

async function timed({ name, budgetSeconds, run }: Phase): Promise<Timed> {
  console.log(`\n── ${name}`)
  const from = performance.now()
  const outcome = await run().catch(
    (error): Outcome => ({ ...nothing, failed: [`${name}: ${error.stack ?? error}`] }),
  )
  return { name, budgetSeconds, seconds: (performance.now() - from) / 1000, ...outcome }
}

function line({ name, seconds, budgetSeconds, passed, failed, skipped }: Timed): string {
  const time = `${seconds.toFixed(1).padStart(6)} s of ${String(budgetSeconds).padStart(3)}`
  const late = seconds > budgetSeconds ? '  OVER BUDGET' : ''
  return `${name.padEnd(16)} ${time}  ${passed} passed, ${failed.length} failed, ${skipped.length} skipped${late}`
}

// The runners have process groups of their own: they end with us because leaving kills them (phases/command.ts).
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
if (process.connected) {
  process.once('disconnect', () => process.exit(1))
  process.channel?.unref()
}

const results: Timed[] = [{ ...nothing, name: 'install', seconds: installSeconds, budgetSeconds: 180 }]
for (const phase of phases) results.push(await timed(phase))

console.log('\n── all')
for (const result of results) console.log(line(result))
const { passed, failed, skipped } = outcomeOf(results)
for (const name of failed) console.log(`failed: ${name}`)
for (const name of skipped) console.log(`skipped: ${name}`)
console.log(`${passed} passed, ${failed.length} failed`)
process.exitCode = failed.length === 0 && passed > 0 ? 0 : 1
