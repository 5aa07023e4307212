import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ended, root, runNode } from './command.ts'
import type { Outcome } from './outcome.ts'

const timeoutSeconds = 120
const rooms = ['schema', 'api', 'web', 'e2e', '.ci']

function node(...args: string[]): Promise<Ended> {
  return runNode(args, { timeoutSeconds })
}

/** The checker is the native compiler: a second for all rooms. */
export function checkTypes(room: string): Promise<Ended> {
  return node('node_modules/ts7/bin/tsc', '-p', room)
}

/** `schema.graphql` must be what the program prints; the database's text is compared by a test of its own. */
async function checkContract(): Promise<Ended> {
  const fresh = join(tmpdir(), `stint-schema-${process.pid}.graphql`)
  const printed = await node('api/src/cli/print-schema.ts', fresh)
  if (printed.status !== 0) return printed
  const isFresh = readFileSync(fresh, 'utf8') === readFileSync(join(root, 'schema/schema.graphql'), 'utf8')
  rmSync(fresh)
  return isFresh ? printed : { status: 1, printed: 'schema/schema.graphql is stale; run `npm run schema`.' }
}

type Check = readonly [name: string, run: () => Promise<Ended>]

const checks: Check[] = [
  ...rooms.map((room): Check => [`types of ${room}`, () => checkTypes(room)]),
  ['lint', () => node('node_modules/@biomejs/biome/bin/biome', 'check', '.', '--max-diagnostics=50')],
  ['unused code', () => node('node_modules/knip/bin/knip.js', '--no-progress')],
  ['layout', () => node('.ci/layout.ts')],
  ['contract is fresh', checkContract],
]

/** Types, lint, layout and freshness: each counts as one test. */
export async function runChecks(): Promise<Outcome> {
  const ended = await Promise.all(checks.map(async ([name, check]) => ({ name, ...(await check()) })))
  for (const { name, status, printed } of ended) {
    console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}`)
    if (status !== 0) console.log(printed.trim())
  }
  const failed = ended.filter(({ status }) => status !== 0)
  return { passed: ended.length - failed.length, failed: failed.map(({ name }) => name), skipped: [] }
}
