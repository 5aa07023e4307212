import { existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findChromium } from './chromium.ts'
import { root, runNode } from './command.ts'
import type { Outcome } from './outcome.ts'

interface Spec {
  readonly title: string
  readonly file: string
  readonly tests: readonly { readonly status: string }[]
}

interface Suite {
  readonly specs?: readonly Spec[]
  readonly suites?: readonly Suite[]
}

function specsOf(suite: Suite): Spec[] {
  return [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)]
}

/** Counts what Playwright wrote down. A test that only passed when it was tried again counts as passed, and is named. */
export function countPlaywright(suites: readonly Suite[], errors: readonly { message?: string }[]): Outcome {
  const tests = suites
    .flatMap(specsOf)
    .flatMap(({ title, file, tests: runs }) =>
      runs.map(({ status }) => ({ status, name: `e2e/specs/${file} > ${title}` })),
    )
  const named = (...states: string[]) =>
    tests.filter(({ status }) => states.includes(status)).map(({ name }) => name)
  for (const name of named('flaky')) console.log(`passed only when tried again: ${name}`)
  return {
    passed: named('expected', 'flaky').length,
    failed: [...named('unexpected'), ...errors.map(({ message }) => `e2e: ${message?.split('\n')[0]}`)],
    skipped: named('skipped'),
  }
}

/** The whole, as used, in a real browser. Named as skipped where there is none and none can be installed. */
export async function runPlaywright(timeoutSeconds: number): Promise<Outcome> {
  const cli = 'e2e/node_modules/@playwright/test/cli.js'
  if (!existsSync(join(root, 'e2e/playwright.config.ts')))
    return { passed: 0, failed: ['e2e: no tests'], skipped: [] }
  const chromium = await findChromium()
  if (chromium === undefined)
    return { passed: 0, failed: [], skipped: ['e2e (needs Chromium: apt-get install chromium)'] }
  const report = join(tmpdir(), `stint-e2e-${process.pid}.json`)
  const environment = { STINT_CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: report }
  const args = [cli, 'test', '--config=e2e/playwright.config.ts', '--reporter=list,json']
  const { status } = await runNode(args, { timeoutSeconds, environment, shown: true })
  try {
    const { suites, errors } = JSON.parse(readFileSync(report, 'utf8'))
    const outcome = countPlaywright(suites, errors ?? [])
    if (outcome.passed + outcome.failed.length === 0) return { ...outcome, failed: ['e2e: no tests'] }
    const unexplained = status !== 0 && outcome.failed.length === 0
    return unexplained ? { ...outcome, failed: [`e2e ended with code ${status}`] } : outcome
  } catch {
    return { passed: 0, failed: [`e2e ended with code ${status} and without a report`], skipped: [] }
  } finally {
    rmSync(report, { force: true })
  }
}
