import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { root, runNode } from './command.ts'
import type { Outcome } from './outcome.ts'

interface Assertion {
  readonly fullName: string
  readonly status: string
}

interface TestFile {
  readonly name: string
  readonly status: string
  readonly assertionResults: readonly Assertion[]
}

/** Counts what vitest wrote down; a file that could not even be loaded counts as one failure. */
export function countVitest(files: readonly TestFile[]): Outcome {
  const tests = files.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({
      status,
      name: `${relative(root, name)} > ${fullName}`,
    })),
  )
  const named = (...states: string[]) =>
    tests.filter(({ status }) => states.includes(status)).map(({ name }) => name)
  const unloaded = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((each) => each.status === 'failed'),
  )
  return {
    passed: named('passed').length,
    failed: [...named('failed'), ...unloaded.map(({ name }) => relative(root, name))],
    skipped: named('pending', 'skipped', 'todo', 'disabled'),
  }
}

/**
 * Runs some projects of .ci/vitest.config.ts. Nothing found is a failure, and so is an error outside of every test. `verbose`
 * tells each test as it ends: for those that take long.
 */
export async function runVitest(
  projects: readonly string[],
  timeoutSeconds: number,
  reporter: 'default' | 'verbose' = 'default',
): Promise<Outcome> {
  const report = join(tmpdir(), `stint-vitest-${process.pid}.json`)
  const config = '--config=.ci/vitest.config.ts'
  const args = ['node_modules/vitest/vitest.mjs', 'run', config, `--reporter=${reporter}`, '--reporter=json']
  const chosen = projects.map((project) => `--project=${project}`)
  const { status } = await runNode([...args, `--outputFile.json=${report}`, ...chosen], {
    timeoutSeconds,
    shown: true,
  })
  const what = `vitest ${projects.join(', ')}`
  try {
    const outcome = countVitest(JSON.parse(readFileSync(report, 'utf8')).testResults)
    if (outcome.passed + outcome.failed.length === 0) return { ...outcome, failed: [`${what}: no tests`] }
    const unexplained = status !== 0 && outcome.failed.length === 0
    return unexplained ? { ...outcome, failed: [`${what} ended with code ${status}`] } : outcome
  } catch {
    return { passed: 0, failed: [`${what} ended with code ${status} and without a report`], skipped: [] }
  } finally {
    rmSync(report, { force: true })
  }
}
