import { type Difference, differences, textDifference } from './differences.ts'
import type { Expected, ExpectedStep } from './file.ts'
import type { Seen } from './hall.ts'

/** Where a task is not what a test expects; what the test does not name is not looked at. */
export function compareTask(
  expected: Expected,
  seen: Seen,
  given: ReadonlyMap<string, Record<string, unknown>>,
): Difference[] {
  const { task } = seen
  const found: Difference[] = []
  const look = (path: string, wanted: unknown, actual: unknown) => {
    if (wanted !== undefined) found.push(...differences(path, wanted, actual))
  }
  look('state', expected.state, task.state)
  look('result', expected.result, task.result)
  look('reason', expected.reason, task.reason)
  look('title', expected.title, task.title)
  if (expected.tags !== undefined) found.push(...differences('tags', expected.tags, task.tags, true))
  look('outcome', expected.outcome, seen.outcome)
  if (expected.error !== undefined)
    found.push(...textDifference('error', expected.error, task.errorSummary ?? null))
  for (const [name, wanted] of Object.entries(expected.steps ?? {}))
    found.push(...compareStep(name, wanted, seen, given))
  return found
}

function compareStep(
  name: string,
  expected: ExpectedStep,
  { steps, attemptOf }: Seen,
  given: ReadonlyMap<string, Record<string, unknown>>,
): Difference[] {
  const path = `steps.${name}`
  const step = steps.find((each) => each.name === name)
  if (step === undefined) return [{ path, expected, actual: undefined }]
  const attempt = attemptOf.get(step.no)
  const wanted: Partial<Exclude<ExpectedStep, string>> & Record<string, unknown> = expected
  const found: Difference[] = []
  const look = (key: string, actual: unknown, partly = false) => {
    if (Object.hasOwn(wanted, key)) found.push(...differences(`${path}.${key}`, wanted[key], actual, partly))
  }
  const items = steps.filter((each) => each.parentNo === step.no).sort((a, b) => a.no - b.no)
  look('state', step.state)
  look('tries', step.tryCount)
  look('output', attempt?.output)
  look('output_includes', attempt?.output, true)
  look('metadata_includes', attempt?.metadata, true)
  look('configuration', given.get(name))
  look('configuration_includes', given.get(name), true)
  look(
    'items',
    items.map((item) => item.state),
  )
  const { error } = wanted as { error?: string | null }
  if (error !== undefined)
    found.push(...textDifference(`${path}.error`, error, attempt?.error?.message ?? step.errorSummary))
  // Why a step is not where it should be is mostly in its error.
  const isOff = found.some((each) => each.path === `${path}.state`)
  const said = attempt?.error?.message ?? step.errorSummary
  if (isOff && said && error === undefined)
    found.push({ path: `${path}.error`, expected: undefined, actual: said })
  return found
}
