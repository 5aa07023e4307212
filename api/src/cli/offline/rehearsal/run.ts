import { readFileSync } from 'node:fs'
import { checkInputs } from '@stint/schema/inputs'
import { suggestion } from '@stint/schema/suggestion'
import type { Template } from '@stint/schema/template-types'
import { faultSentence } from '../../../domains/functions/faulty.ts'
import type { ActionRegistry } from '../../../engine/action.ts'
import { Refusal } from '../../refusal.ts'
import type { Workbench } from '../workbench.ts'
import { actors, type Part, partOf } from './actors.ts'
import { compareTask } from './compare.ts'
import { type Difference, differenceLine } from './differences.ts'
import type { FollowUp, Rehearsal, TestFile } from './file.ts'
import { Hall } from './hall.ts'

export interface CaseReport {
  readonly file: string
  readonly name: string
  readonly passed: boolean
  /** What is not as expected, a line each. */
  readonly differences: readonly string[]
}

interface Prepared {
  readonly file: TestFile
  readonly template: Template
  readonly rehearsal: Rehearsal
  readonly label: string
}

const patienceMs = 60_000
const atOnce = 10

/** Reads the template of a test file; throws Refusal when it is faulty, or when the test names steps that it does not have. */
export async function templateOf(file: TestFile, { check }: Workbench): Promise<Template> {
  let text: string
  try {
    text = readFileSync(file.templatePath, 'utf8')
  } catch (error) {
    throw new Refusal(`${file.path}: its template cannot be read: ${(error as Error).message}`, error)
  }
  const { template, findings } = await check(text)
  if (template === undefined)
    throw new Refusal(`${file.templatePath}: ${faultSentence('template', findings)}`)
  const steps = new Set(template.steps.map(({ name }) => name))
  const named = file.cases.flatMap(({ mocks, expect, then }) => [
    ...Object.keys({ ...file.mocks, ...mocks }),
    ...[expect, ...then.map((each) => each.expect)].flatMap((each) => Object.keys(each.steps ?? {})),
    ...then.flatMap((each) => [
      ...Object.keys(each.mocks ?? {}),
      ...(each.step === undefined ? [] : [each.step]),
    ]),
  ])
  const isKnown = (name: string) =>
    steps.has(name) || steps.has(name.replace(/\.pre_hook$/, '').replace(/-\d+$/, ''))
  const unknown = named.find((name) => !isKnown(name) && !steps.has(name.replace(/\.pre_hook$/, '')))
  if (unknown !== undefined)
    throw new Refusal(
      `${file.path}: the template has no step ${JSON.stringify(unknown)}${suggestion(unknown, steps)}`,
    )
  return template
}

/** Runs all cases on one engine, several at once; `told` hears of each as it ends. */
export async function runCases(
  files: readonly { readonly file: TestFile; readonly template: Template }[],
  registry: ActionRegistry,
  told: (report: CaseReport) => void,
): Promise<void> {
  const parts = new Map<string, Part>()
  let config: Record<string, unknown> = {}
  const hall = await Hall.open(actors(registry, parts), () => config)
  try {
    const cases = files.flatMap(({ file, template }, i) =>
      file.cases.map(
        (rehearsal, j): Prepared => ({ file, template, rehearsal, label: `rehearsal-${i}-${j}` }),
      ),
    )
    // Tasks of one process read the same items, so those who want others come after one another.
    const groups = Map.groupBy(cases, ({ file, rehearsal }) =>
      JSON.stringify({ ...file.configuration, ...rehearsal.configuration }),
    )
    for (const [items, group] of groups) {
      config = { stint: { url: 'https://stint.example' }, ...JSON.parse(items) }
      const left = [...group]
      const work = async () => {
        for (let next = left.shift(); next !== undefined; next = left.shift())
          told(await play(hall, parts, registry, next))
      }
      await Promise.all(Array.from({ length: atOnce }, work))
    }
  } finally {
    await hall.close()
  }
}

async function play(
  hall: Hall,
  parts: Map<string, Part>,
  registry: ActionRegistry,
  { file, template, rehearsal, label }: Prepared,
): Promise<CaseReport> {
  const found: string[] = []
  const say = (prefix: string, list: readonly Difference[]) => {
    found.push(...list.map((each) => `${prefix}${differenceLine(each)}`))
  }
  try {
    const part = partOf(template, { ...file.mocks, ...rehearsal.mocks }, registry)
    parts.set(label, part)
    const id = await create(hall, template, rehearsal, label)
    await hall.settle(id, patienceMs)
    say('', compareTask(rehearsal.expect, await hall.seen(id), part.given))
    for (const next of rehearsal.then) {
      const later = { ...part, mocks: { ...part.mocks, ...next.mocks } }
      parts.set(label, later)
      await command(hall, id, template, next)
      await hall.settle(id, patienceMs)
      say(`after ${next.do}: `, compareTask(next.expect, await hall.seen(id), later.given))
    }
  } catch (error) {
    found.push(error instanceof Error ? error.message : String(error))
  }
  return { file: file.path, name: rehearsal.name, passed: found.length === 0, differences: found }
}

async function create(
  { engine }: Hall,
  template: Template,
  rehearsal: Rehearsal,
  label: string,
): Promise<string> {
  const input = valid(template.inputs, rehearsal.input, 'input')
  const resolverInput =
    rehearsal.resolver_input && valid(template.resolverInputs, rehearsal.resolver_input, 'resolver_input')
  // A rehearsal does not sleep.
  const steps = template.steps.map((step) => ({ ...step, executionDelayMs: 0 }))
  const { id } = await engine.createTask({
    template: { ...template, steps },
    label,
    input,
    ...(resolverInput && { resolverInput }),
    owner: { name: rehearsal.requester },
    isApproved: rehearsal.approved,
  })
  return id
}

function valid(
  definitions: Template['inputs'],
  given: Record<string, unknown>,
  what: string,
): Record<string, unknown> {
  const { values, problems, unknown } = checkInputs(definitions, given)
  const [problem] = problems
  if (problem !== undefined) throw new Error(`${what}.${problem.name}: ${problem.message}`)
  const [name] = unknown
  if (name !== undefined) {
    const names = definitions.map((each) => each.name)
    throw new Error(`${what}: the template has no input "${name}"${suggestion(name, names, '')}`)
  }
  return values
}

async function command(
  { engine }: Hall,
  id: string,
  template: Template,
  { do: kind, step, with: payload }: FollowUp,
): Promise<void> {
  const stepNo = step === undefined ? {} : { stepNo: template.steps.findIndex(({ name }) => name === step) }
  await engine.command(id, { kind, actor: 'tester', ...stepNo, ...(payload !== undefined && { payload }) })
}
