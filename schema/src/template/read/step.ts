import { stepStates } from '../../words.ts'
import type { RetryPattern, StepDependency, TemplateStep } from '../types.ts'
import { type ReadAction, type ReadCondition, readAction, readConditions } from './action.ts'
import { durationOf, executionDelayOf } from './duration.ts'
import type { Entry, Fields, Place } from './reader.ts'
import type { Reading, TextUse } from './reading.ts'

const stepKeys = [
  'name',
  'description',
  'idempotent',
  'action',
  'pre_hook',
  'json_schema',
  'retry_pattern',
  'max_retries',
  'execution_delay',
  'dependencies',
  'custom_states',
  'conditions',
  'foreach',
  'foreach_strategy',
  'foreach_concurrency',
  'resources',
  'timeout',
  'if',
  'on_parent_stop',
] as const
type StepFields = Fields<(typeof stepKeys)[number]>

const runTimeKeys = new Set([
  'state',
  'children_steps',
  'children_steps_map',
  'output',
  'metadata',
  'tags',
  'children',
  'error',
  'try_count',
  'last_run',
  'item',
])

/** A step as read, with the places that the rules between steps point at. */
export interface ReadStep {
  readonly step: TemplateStep
  readonly key: Place
  readonly action?: ReadAction
  readonly preHook?: ReadAction
  readonly dependencyPlaces: readonly Place[]
  readonly statePlaces: readonly Place[]
  readonly conditions: readonly ReadCondition[]
  readonly schemaAt?: Place
  readonly ifAt?: Place
}

/** Words that a custom state may not take. */
const builtInStates: readonly string[] = [...stepStates, 'ANY']

export function readStep(reading: Reading, entry: Entry): ReadStep | undefined {
  const { reader } = reading
  const { name } = entry
  const fields = reader.object(entry.value, 'a step', stepKeys, (key) =>
    runTimeKeys.has(key)
      ? { code: 'run-time-key', message: `"${key}" is what a run writes; it cannot stand in a template.` }
      : undefined,
  )
  if (fields === undefined) return undefined
  checkName(reading, entry, fields)
  const use: TextUse = { where: 'step', step: name, hasIterator: fields.foreach !== undefined }
  const action = fields.action && readAction(reading, fields.action, use)
  if (fields.action === undefined)
    reading.missing(entry.key, 'action', `the step "${name}" has nothing to do.`)
  const preHook = fields.pre_hook && readAction(reading, fields.pre_hook, use)
  const customStates = fields.custom_states === undefined ? [] : readStates(reading, fields.custom_states)
  const conditions = fields.conditions === undefined ? [] : readConditions(reading, fields.conditions, use)
  const dependencies = fields.dependencies === undefined ? [] : readDependencies(reading, fields.dependencies)
  return {
    step: {
      ...readPlain(reading, fields, name),
      ...readLoop(reading, fields, use),
      action: action?.action ?? { type: '', configuration: {} },
      preHook: preHook?.action,
      dependencies: dependencies.map((read) => read.dependency),
      customStates: customStates.map((state) => state.text),
      conditions: conditions.map((read) => read.condition),
    },
    key: entry.key,
    action,
    preHook,
    dependencyPlaces: dependencies.map((read) => read.place),
    statePlaces: customStates.map((state) => state.place),
    conditions,
    schemaAt: fields.json_schema,
    ifAt: fields.if,
  }
}

function checkName(reading: Reading, entry: Entry, fields: StepFields): void {
  const { reader } = reading
  if (entry.name === 'this') {
    reader.fault(
      entry.key,
      'reserved-name',
      'No step can be named "this": in handles it means the step itself.',
    )
  }
  if (entry.name === '' || /[:,\s]/.test(entry.name)) {
    reader.fault(entry.key, 'reserved-name', 'A step name cannot be empty or hold spaces, ":" or ",".')
  }
  const inner = fields.name && reader.text(fields.name, 'name')
  if (inner !== undefined && inner !== entry.name) {
    reader.fault(
      fields.name ?? entry.key,
      'conflict',
      `The step is named by its key "${entry.name}".`,
      'warning',
    )
  }
}

type PlainPart =
  | 'name'
  | 'description'
  | 'idempotent'
  | 'jsonSchema'
  | 'retryPattern'
  | 'maxRetries'
  | 'executionDelayMs'
  | 'resources'
  | 'timeoutMs'
  | 'if'
  | 'onParentStop'

function readPlain(reading: Reading, fields: StepFields, name: string): Pick<TemplateStep, PlainPart> {
  const { reader } = reading
  const patterns: readonly RetryPattern[] = ['seconds', 'minutes', 'hours']
  return {
    name,
    description: (fields.description && reader.text(fields.description, 'description')) ?? '',
    idempotent: fields.idempotent && reader.flag(fields.idempotent, 'idempotent'),
    jsonSchema: fields.json_schema && readSchema(reading, fields.json_schema),
    retryPattern:
      (fields.retry_pattern && reader.choice(fields.retry_pattern, 'retry_pattern', patterns)) ?? 'seconds',
    maxRetries: (fields.max_retries && reader.integer(fields.max_retries, 'max_retries', -1e6, 1e6)) ?? 0,
    executionDelayMs: (fields.execution_delay && executionDelayOf(reading, fields.execution_delay)) ?? 0,
    resources:
      fields.resources === undefined
        ? []
        : reader.texts(fields.resources, 'resources').map((item) => item.text),
    timeoutMs: fields.timeout && positiveDuration(reading, fields.timeout, 'timeout'),
    // Asked once, of a loop too, before it has items.
    if: fields.if && reading.templatedText(fields.if, 'if', { where: 'step', step: name }),
    onParentStop:
      fields.on_parent_stop &&
      reader.choice(fields.on_parent_stop, 'on_parent_stop', ['cancel', 'leave'] as const),
  }
}

function positiveDuration(reading: Reading, place: Place, what: string): number | undefined {
  const ms = durationOf(reading, place, what)
  if (ms !== 0) return ms
  reading.reader.fault(place, 'out-of-range', `${what} must be longer than nothing.`)
  return undefined
}

function readSchema(reading: Reading, place: Place): Record<string, unknown> {
  const schema = reading.reader.plain(place)
  if (typeof schema === 'object' && schema !== null && !Array.isArray(schema))
    return schema as Record<string, unknown>
  reading.reader.fault(place, 'wrong-type', 'json_schema must be an object.')
  return {}
}

function readLoop(
  reading: Reading,
  fields: StepFields,
  use: TextUse,
): Pick<TemplateStep, 'foreach' | 'foreachStrategy' | 'foreachConcurrency'> {
  const { reader } = reading
  const foreach =
    fields.foreach && reading.templatedText(fields.foreach, 'foreach', { ...use, hasIterator: false })
  for (const key of ['foreach_strategy', 'foreach_concurrency'] as const) {
    const at = fields[key]
    if (at !== undefined && fields.foreach === undefined) {
      reader.fault(at, 'conflict', `${key} belongs to a step with foreach.`)
    }
  }
  return {
    foreach,
    foreachStrategy:
      (fields.foreach_strategy &&
        reader.choice(fields.foreach_strategy, 'foreach_strategy', ['parallel', 'sequence'] as const)) ??
      'parallel',
    foreachConcurrency:
      fields.foreach_concurrency &&
      reader.integer(fields.foreach_concurrency, 'foreach_concurrency', 1, 10_000),
  }
}

export function readStates(reading: Reading, place: Place): { text: string; place: Place }[] {
  const { reader } = reading
  const states = reader.texts(place, 'custom_states')
  states.forEach(({ text, place: at }, i) => {
    if (builtInStates.includes(text)) {
      reader.fault(
        at,
        'reserved-name',
        `${text} is a built-in state; a custom state needs a name of its own.`,
      )
    } else if (text === '' || /[:,\s]/.test(text)) {
      reader.fault(at, 'reserved-name', 'A custom state cannot be empty or hold spaces, ":" or ",".')
    } else if (states.findIndex((state) => state.text === text) !== i) {
      reader.fault(at, 'duplicate-name', `The custom state ${text} stands twice; remove one.`)
    }
  })
  return states
}

/** `step`, `step:STATE1,STATE2`, `step:ANY`. Whether they exist is asked when all steps are known. */
function readDependencies(reading: Reading, place: Place): { dependency: StepDependency; place: Place }[] {
  const { reader } = reading
  return reader.texts(place, 'dependencies').map(({ text, place: at }) => {
    if (/\s/.test(text)) {
      reader.fault(
        at,
        'wrong-value',
        'A dependency is written without spaces: step, step:STATE1,STATE2 or step:ANY.',
      )
    }
    const colon = text.indexOf(':')
    const step = (colon < 0 ? text : text.slice(0, colon)).trim()
    const states =
      colon < 0
        ? ['DONE']
        : text
            .slice(colon + 1)
            .split(',')
            .map((state) => state.trim())
    if (states.length > 1 && states.includes('ANY')) {
      reader.fault(at, 'conflict', 'ANY includes every final state; it must stand alone.')
    }
    if (new Set(states).size < states.length) {
      reader.fault(at, 'duplicate-name', 'A state stands twice in this dependency; remove one.')
    }
    return { dependency: { step, states }, place: at }
  })
}
