import type { Template } from '@stint/schema/template-types'
import { isTemplated, parseText } from '@stint/schema/text'
import { referencesOf } from '@stint/schema/text-references'

/** What a dry run knows when it comes to a text. */
export interface Knowledge {
  readonly template: Template
  /** Steps whose outcome is known. */
  readonly knownSteps: ReadonlySet<string>
  readonly hasResolverInput: boolean
  /** May whoever asks see what configuration items make of a text? */
  readonly showsConfiguration: boolean
  /** Of the step that the text belongs to: nothing is known of its own loop, hook, or arguments of its function. */
  readonly step?: string
  readonly unknownArguments?: boolean
}

/** Known of a task only when it is there. */
const laterTaskFields = new Set([
  'task_id',
  'created',
  'resolver_username',
  'resolver_groups',
  'last_activity',
  'resolution_id',
])
const variableDepthMax = 20

/** What a text reads that nobody can know before the task runs, as `.step.create.output.id`; empty when it can be rendered. */
export function unknownIn(text: string, knowledge: Knowledge, depth = 0): string[] {
  if (!isTemplated(text)) return []
  const { paths, calls } = referencesOf(parseText(text))
  const found = new Set<string>()
  for (const { path } of paths) if (isUnknown(path, knowledge)) found.add(`.${path.join('.')}`)
  for (const call of calls) {
    if (call.name !== 'eval' && call.name !== 'evalCache') continue
    for (const each of unknownVariable(call.arguments[0], knowledge, depth)) found.add(each)
  }
  return [...found]
}

function unknownVariable(name: string | undefined, knowledge: Knowledge, depth: number): string[] {
  const variable = knowledge.template.variables.find((each) => each.name === name)
  if (variable === undefined) return name === undefined ? ['eval'] : []
  if (depth > variableDepthMax) return [`eval ${name}`]
  const { expression, value } = variable
  if (expression !== undefined) {
    return [...unknownIn(expression, knowledge, depth + 1), ...unknownInExpression(expression, knowledge)]
  }
  return typeof value === 'string' ? unknownIn(value, knowledge, depth + 1) : []
}

/** The same for JavaScript, which reads the values as globals; every step whose name stands in it counts as read. */
export function unknownInExpression(expression: string, knowledge: Knowledge): string[] {
  const { template, knownSteps, hasResolverInput, showsConfiguration } = knowledge
  const reads = (word: string) => new RegExp(`(?<![\\w.$])${word}(?![\\w$])`).test(expression)
  const found: string[] = []
  if (reads('step')) {
    const named = template.steps.filter(({ name }) => expression.includes(name) && !knownSteps.has(name))
    found.push(...named.map(({ name }) => `.step.${name}`))
    if (named.length === 0 && !template.steps.some(({ name }) => expression.includes(name)))
      found.push('.step')
  }
  if (reads('resolver_input') && !hasResolverInput) found.push('.resolver_input')
  if (reads('config') && !showsConfiguration) found.push('.config')
  return found
}

function isUnknown([root, name]: readonly string[], knowledge: Knowledge): boolean {
  switch (root) {
    case undefined:
      return knowledge.template.steps.length > knowledge.knownSteps.size
    case 'step':
      return name === undefined ? true : name !== 'this' && !knowledge.knownSteps.has(name)
    case 'iterator':
    case 'pre_hook':
      return true
    case 'function_args':
      return knowledge.unknownArguments === true
    case 'resolver_input':
      return !knowledge.hasResolverInput
    case 'config':
      return name !== 'stint' && !knowledge.showsConfiguration
    case 'task':
      return name === undefined || laterTaskFields.has(name)
    default:
      return false
  }
}

/** The same for every text inside a value. */
export function unknownInside(value: unknown, knowledge: Knowledge): string[] {
  if (typeof value === 'string') return unknownIn(value, knowledge)
  if (typeof value !== 'object' || value === null) return []
  return [...new Set(Object.values(value).flatMap((each) => unknownInside(each, knowledge)))]
}

/** Renders the texts of a value that can be; the others stay as they are written. */
export function partly(value: unknown, knowledge: Knowledge, render: (text: string) => unknown): unknown {
  if (typeof value === 'string') {
    return !isTemplated(value) || unknownIn(value, knowledge).length > 0 ? value : render(value)
  }
  if (Array.isArray(value)) return value.map((each) => partly(each, knowledge, render))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, partly(each, knowledge, render)]),
  )
}

/** The same for a `result_format`, of which keys are rendered, too, and lists stay as they stand; see renderResult. */
export function partlyResult(
  format: Readonly<Record<string, unknown>>,
  knowledge: Knowledge,
  render: (text: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(format).map(([key, value]) => {
      const name = String(partly(key, knowledge, render))
      if (Array.isArray(value) || value === null || typeof value !== 'object')
        return [name, typeof value === 'string' ? partly(value, knowledge, render) : value]
      return [name, partlyResult(value as Record<string, unknown>, knowledge, render)]
    }),
  )
}
