import { expect, test } from 'vitest'
import { run } from './phases/command.ts'
import { outcomeOf } from './phases/outcome.ts'
import { countPlaywright } from './phases/playwright.ts'
import { countVitest } from './phases/vitest.ts'

test('a file that could not be loaded counts as a failure', () => {
  const passed = { fullName: 'works', status: 'passed' }
  const skipped = { fullName: 'later', status: 'skipped' }
  const outcome = countVitest([
    { name: '/x/a.test.ts', status: 'passed', assertionResults: [passed, skipped] },
    { name: '/x/b.test.ts', status: 'failed', assertionResults: [] },
    { name: '/x/c.test.ts', status: 'failed', assertionResults: [{ fullName: 'breaks', status: 'failed' }] },
  ])
  expect(outcome.passed).toBe(1)
  expect(outcome.failed).toEqual([
    expect.stringMatching(/c\.test\.ts > breaks$/),
    expect.stringMatching(/b\.test\.ts$/),
  ])
  expect(outcome.skipped).toEqual([expect.stringMatching(/a\.test\.ts > later$/)])
})

test('a browser test that only passed when tried again is counted and named', () => {
  const spec = (title: string, status: string) => ({ title, file: 'a.spec.ts', tests: [{ status }] })
  const suites = [
    {
      specs: [spec('one', 'expected')],
      suites: [{ specs: [spec('two', 'flaky'), spec('three', 'skipped')] }],
    },
  ]
  expect(countPlaywright(suites, [{ message: 'no server\nat x' }])).toEqual({
    passed: 2,
    failed: ['e2e: no server'],
    skipped: ['e2e/specs/a.spec.ts > three'],
  })
})

test('runners are added up', () => {
  const one = { passed: 2, failed: ['a'], skipped: [] }
  expect(outcomeOf([one, { passed: 3, failed: [], skipped: ['b'] }])).toEqual({
    passed: 5,
    failed: ['a'],
    skipped: ['b'],
  })
})

test('a command that does not end is ended, with all that it started', async () => {
  const { status, printed } = await run('sh', ['-c', 'sleep 60 & echo started; wait'], {
    timeoutSeconds: 0.3,
  })
  expect(status).toBe(124)
  expect(printed).toMatch(/started\n[\s\S]*no end after 0.3 s/)
})
