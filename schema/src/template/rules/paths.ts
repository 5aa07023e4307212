import { stepStates } from '../../words.ts'
import type { FindingCode } from '../findings.ts'
import { itemName } from '../name.ts'
import type { TextUse } from '../read/reading.ts'
import { suggestion } from '../suggestion.ts'
import type { TemplateStep } from '../types.ts'
import type { StepGraph } from './graph.ts'
import { isReachable, propertiesAt } from './reach.ts'

/** What exists for handles to name. */
export interface Names {
  readonly inputs: ReadonlySet<string>
  readonly resolverInputs: ReadonlySet<string>
  readonly variables: ReadonlySet<string>
  readonly steps: ReadonlyMap<string, TemplateStep>
  readonly graph: StepGraph
  /** In the spelling of itemName. Absent: unknown, so unchecked. */
  readonly configItems?: ReadonlySet<string>
  readonly statesOf: (step: string) => readonly string[]
  readonly outputSchemaOf: (step: TemplateStep) => Readonly<Record<string, unknown>> | undefined
  readonly metadataSchemaOf: (step: TemplateStep) => Readonly<Record<string, unknown>> | undefined
}

export interface PathProblem {
  readonly code: FindingCode
  readonly message: string
  readonly severity?: 'warning'
}

const roots = [
  'input',
  'resolver_input',
  'config',
  'task',
  'step',
  'iterator',
  'pre_hook',
  'function_args',
  'var',
]
const stepFields = ['output', 'metadata', 'children', 'error', 'state', 'try_count', 'max_retries']
const taskFields = [
  'task_id',
  'created',
  'requester_username',
  'requester_groups',
  'resolver_username',
  'resolver_groups',
  'watcher_usernames',
  'watcher_groups',
  'last_activity',
  'region',
  'resolution_id',
]

/** What is wrong with reading this path in such a text; undefined when nothing is. */
export function checkPath(path: readonly string[], use: TextUse, names: Names): PathProblem | undefined {
  const [root, name] = path
  if (root === undefined) return undefined
  switch (root) {
    case 'input':
      return name === undefined
        ? undefined
        : checkInput(name, names.inputs, names.resolverInputs, 'resolver_input')
    case 'resolver_input':
      return name === undefined ? undefined : checkInput(name, names.resolverInputs, names.inputs, 'input')
    case 'task':
      return name === undefined || taskFields.includes(name)
        ? undefined
        : problem('unknown-task-field', `A task has no field "${name}"${suggestion(name, taskFields)}`)
    case 'config':
      return name === undefined || names.configItems?.has(itemName(name)) !== false
        ? undefined
        : // Items come and go while the product runs, and a template reads them as they are then.
          warning(
            'unknown-config',
            `There is no configuration item "${name}" that templates may read, so this has no value${suggestion(name, names.configItems)}`,
          )
    case 'step':
      return checkStep(path.slice(1), use, names)
    case 'iterator':
      return checkIterator(use)
    case 'function_args':
      return use.where === 'function'
        ? undefined
        : warning('unknown-root', '.function_args only exists in a function; here it has no value.')
    default:
      return roots.includes(root)
        ? undefined
        : problem(
            'unknown-root',
            `".${root}" does not exist; values begin with ${dotted(roots)}${suggestion(root, roots)}`,
          )
  }
}

/** Held against a step's state, a text must be one of its states. */
export function checkStateText(
  path: readonly string[],
  text: string,
  use: TextUse,
  names: Names,
): string | undefined {
  const [root, name, field] = path
  if (root !== 'step' || name === undefined || field !== 'state' || path.length !== 3) return undefined
  const step = name === 'this' ? use.step : name
  if (step === undefined || !names.steps.has(step)) return undefined
  const states = [...stepStates, ...names.statesOf(step)]
  if (states.includes(text)) return undefined
  return `"${step}" has no state ${text || '(empty)'}${suggestion(text, states)}`
}

function checkInput(
  name: string,
  declared: ReadonlySet<string>,
  others: ReadonlySet<string>,
  otherRoot: string,
): PathProblem | undefined {
  if (declared.has(name)) return undefined
  const hint = others.has(name) ? `; did you mean ".${otherRoot}.${name}"?` : suggestion(name, declared)
  return problem('unknown-input', `There is no input "${name}"${hint}`)
}

function checkIterator(use: TextUse): PathProblem | undefined {
  if (use.where === 'shared' || use.where === 'function' || use.hasIterator === true) return undefined
  return warning('no-iterator', '.iterator only exists in a step with foreach; here it has no value.')
}

function checkStep(path: readonly string[], use: TextUse, names: Names): PathProblem | undefined {
  const [name, field, ...rest] = path
  if (use.where === 'task') {
    return warning('no-step-here', 'Titles, tags and locks are made without steps; this has no value.')
  }
  if (name === undefined) return undefined
  if (name === 'this' && use.where === 'result') {
    return problem('no-step-here', '"this" is the step that a text belongs to; the result belongs to none.')
  }
  const own = name === 'this' ? use.step : name
  const step = own === undefined ? undefined : names.steps.get(own)
  if (step === undefined && name !== 'this' && use.where !== 'function') {
    return problem('unknown-step', `There is no step "${name}"${suggestion(name, names.steps.keys())}`)
  }
  if (field !== undefined && !stepFields.includes(field)) {
    const hint = suggestion(field, stepFields)
    return problem('unknown-step-field', `A step has no "${field}", only ${dotted(stepFields)}${hint}`)
  }
  if (step === undefined) return undefined
  return (
    checkOrder(step, use, names) ?? checkContent(step, field, rest, names, name === 'this' && use.hasIterator)
  )
}

function checkOrder(step: TemplateStep, use: TextUse, names: Names): PathProblem | undefined {
  if (use.where !== 'step' || use.step === undefined || use.step === step.name) return undefined
  // A later step may be read too: a condition of it can send this one round again.
  const related = names.graph.isAncestor(step.name, use.step) || names.graph.isAncestor(use.step, step.name)
  return related
    ? undefined
    : warning(
        'not-a-dependency',
        `"${use.step}" does not wait for "${step.name}", so this may have no value yet; add it to the dependencies.`,
      )
}

function checkContent(
  step: TemplateStep,
  field: string | undefined,
  rest: readonly string[],
  names: Names,
  isIteration = false,
): PathProblem | undefined {
  if (field === 'output' && step.foreach !== undefined && !isIteration) {
    return warning(
      'unknown-output',
      `"${step.name}" is a loop: its results are in ".step.${step.name}.children".`,
    )
  }
  if (field === 'children' && step.foreach === undefined) {
    return warning('unknown-output', `"${step.name}" has no foreach, so it has no children.`)
  }
  if (rest.length === 0) return undefined
  if (field === 'output' && step.jsonSchema !== undefined) {
    return checkReach(step, step.jsonSchema, rest, 'output', 'its json_schema', undefined)
  }
  if (field === 'output' && step.action.output === undefined) {
    return checkReach(step, names.outputSchemaOf(step), rest, 'output', 'its action', 'warning')
  }
  return field === 'metadata'
    ? checkReach(step, names.metadataSchemaOf(step), rest, 'metadata', 'its action', 'warning')
    : undefined
}

function checkReach(
  step: TemplateStep,
  schema: Readonly<Record<string, unknown>> | undefined,
  path: readonly string[],
  field: string,
  says: string,
  severity: 'warning' | undefined,
): PathProblem | undefined {
  if (schema === undefined || isReachable(schema, path)) return undefined
  const hint = suggestion(path.at(-1) ?? '', propertiesAt(schema, path))
  const message = `The ${field} of "${step.name}" has no "${path.join('.')}" according to ${says}${hint}`
  return { code: 'unknown-output', message, severity }
}

function dotted(words: readonly string[]): string {
  return words.map((word) => `.${word}`).join(', ')
}

function problem(code: FindingCode, message: string): PathProblem {
  return { code, message }
}

function warning(code: FindingCode, message: string): PathProblem {
  return { code, message, severity: 'warning' }
}
