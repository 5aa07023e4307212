import type { StepCondition, TemplateAction } from '../types.ts'
import type { Entry, Fields, Place } from './reader.ts'
import type { Reading, TextUse } from './reading.ts'

const actionKeys = ['type', 'base_configuration', 'configuration', 'output', 'base_output'] as const
const outputKeys = ['strategy', 'format'] as const
const strategies = ['none', 'merge', 'template'] as const

/** An action as read, with the places that later checks point at. */
export interface ReadAction {
  readonly action: TemplateAction
  readonly at: Place
  readonly typeAt: Place
  readonly baseAt?: Place
  readonly configurationAt?: Place
}

export function readAction(reading: Reading, place: Place, use: TextUse): ReadAction | undefined {
  const { reader } = reading
  const fields = reader.object(place, 'an action', actionKeys)
  if (fields === undefined) return undefined
  const type = fields.type === undefined ? undefined : reader.text(fields.type, 'type')
  if (type === undefined || fields.type === undefined) {
    return reading.missing(place, 'type', 'it says which action to run.')
  }
  const action: TemplateAction = {
    type,
    baseConfiguration:
      fields.base_configuration && reader.text(fields.base_configuration, 'base_configuration'),
    configuration: readConfiguration(reading, fields.configuration, use),
    output: readOutput(reading, fields, use),
  }
  return {
    action,
    at: place,
    typeAt: fields.type,
    baseAt: fields.base_configuration,
    configurationAt: fields.configuration,
  }
}

function readConfiguration(
  reading: Reading,
  place: Place | undefined,
  use: TextUse,
): Record<string, unknown> {
  if (place === undefined) return {}
  const value = reading.templatedValue(place, use)
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  reading.reader.fault(place, 'wrong-type', 'configuration must be an object (key: value lines).')
  return {}
}

/** µTask's older `base_output` is the strategy merge, and wins over `output`. */
function readOutput(
  reading: Reading,
  fields: Fields<(typeof actionKeys)[number]>,
  use: TextUse,
): TemplateAction['output'] {
  const { reader } = reading
  if (fields.base_output !== undefined) {
    if (fields.output !== undefined) {
      reader.fault(
        fields.output,
        'conflict',
        'base_output stands here too and wins; keep one of them.',
        'warning',
      )
    }
    return { strategy: 'merge', format: mergeFormat(reading, fields.base_output, use) }
  }
  if (fields.output === undefined) return undefined
  const output = reader.object(fields.output, 'output', outputKeys)
  if (output === undefined) return undefined
  const strategy = (output.strategy && reader.choice(output.strategy, 'strategy', strategies)) ?? 'none'
  if (output.format === undefined) {
    if (strategy !== 'none') reading.missing(fields.output, 'format', `the strategy ${strategy} needs it.`)
    return { strategy: 'none', format: null }
  }
  const format =
    strategy === 'merge'
      ? mergeFormat(reading, output.format, use)
      : reading.templatedValue(output.format, use)
  return { strategy, format }
}

function mergeFormat(reading: Reading, place: Place, use: TextUse): unknown {
  const format = reading.templatedValue(place, use)
  if (typeof format !== 'object' || format === null || Array.isArray(format)) {
    reading.reader.fault(place, 'wrong-type', 'What is merged into an output must be an object.')
  }
  return format
}

const conditionKeys = ['type', 'if', 'then', 'final', 'foreach', 'message', 'on'] as const
const assertionKeys = ['value', 'operator', 'expected', 'list_separator', 'message'] as const
const operators = ['EQ', 'NE', 'GT', 'LT', 'GE', 'LE', 'REGEXP', 'NOTREGEXP', 'IN', 'NOTIN'] as const

export interface ReadCondition {
  readonly condition: StepCondition
  readonly at: Place
  /** What `then` names. */
  readonly targets: readonly Entry[]
  readonly assertions: readonly {
    readonly operator: string
    readonly expectedAt: Place
    readonly valueAt: Place
  }[]
  readonly foreachAt?: Place
  readonly on: readonly { readonly text: string; readonly place: Place }[]
}

export function readConditions(reading: Reading, place: Place, use: TextUse): ReadCondition[] {
  return reading.reader.items(place, 'conditions').flatMap((item) => readCondition(reading, item, use) ?? [])
}

function readCondition(reading: Reading, place: Place, use: TextUse): ReadCondition | undefined {
  const { reader } = reading
  const fields = reader.object(place, 'a condition', conditionKeys)
  if (fields === undefined) return undefined
  const type = fields.type && reader.choice(fields.type, 'type', ['skip', 'check'] as const)
  if (fields.type === undefined) reading.missing(place, 'type', 'a condition is of type skip or check.')
  if (fields.if === undefined) reading.missing(place, 'if', 'a condition needs at least one assertion.')
  const assertions = fields.if === undefined ? [] : readAssertions(reading, fields.if, use)
  const targets = fields.then === undefined ? [] : reader.entries(fields.then, 'then')
  if (fields.then === undefined) reading.missing(place, 'then', 'it says which state a step takes.')
  const on = fields.on === undefined ? [] : reader.texts(fields.on, 'on')
  return {
    condition: {
      type: type ?? 'check',
      if: assertions.map((read) => read.assertion),
      // biome-ignore lint/suspicious/noThenProperty: the word of the template language; it is an object, never a function.
      then: Object.fromEntries(
        targets.flatMap((entry) => {
          const state = reader.text(entry.value, 'a state')
          return state === undefined ? [] : [[entry.name, state]]
        }),
      ),
      final: (fields.final && reader.flag(fields.final, 'final')) ?? false,
      foreach: fields.foreach && reader.choice(fields.foreach, 'foreach', ['children', 'parent'] as const),
      message: (fields.message && reading.templatedText(fields.message, 'message', use)) ?? '',
      on: on.map((item) => item.text),
    },
    at: place,
    targets,
    assertions,
    foreachAt: fields.foreach,
    on,
  }
}

function readAssertions(reading: Reading, place: Place, use: TextUse) {
  const { reader } = reading
  return reader.items(place, 'if').flatMap((item) => {
    const fields = reader.object(item, 'an assertion', assertionKeys)
    if (fields === undefined) return []
    const written = fields.operator && reader.text(fields.operator, 'operator')
    const operator = operators.find((known) => known === written?.toUpperCase())
    if (fields.operator === undefined) reading.missing(item, 'operator', `one of ${operators.join(', ')}.`)
    else if (operator === undefined && written !== undefined) {
      reader.choice(fields.operator, 'operator', operators)
    }
    // µTask takes an absent side for the empty text.
    const side = (key: 'value' | 'expected') => {
      const at = fields[key]
      return (at && reading.templatedText(at, key, use)) ?? ''
    }
    const assertion = {
      value: side('value'),
      operator: operator ?? 'EQ',
      expected: side('expected'),
      listSeparator: (fields.list_separator && reader.text(fields.list_separator, 'list_separator')) ?? ',',
      message: fields.message && reader.text(fields.message, 'message'),
    }
    return [
      {
        assertion,
        operator: assertion.operator,
        valueAt: fields.value ?? item,
        expectedAt: fields.expected ?? item,
      },
    ]
  })
}
