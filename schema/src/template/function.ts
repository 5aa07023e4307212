import type { CheckOptions } from './check.ts'
import { TooManyFindings } from './findings.ts'
import { type ReadCondition, readAction, readConditions } from './read/action.ts'
import { openDocument } from './read/document.ts'
import { type Place, Reader, TooLarge } from './read/reader.ts'
import { Reading, type TextUse } from './read/reading.ts'
import { readStates } from './read/step.ts'
import { checkAction } from './rules/actions.ts'
import { neededArguments } from './rules/arguments.ts'
import { checkAssertions } from './rules/conditions.ts'
import { checkCalls } from './rules/functions.ts'
import { checkHandles } from './rules/handles.ts'
import type { Finding, TemplateFunction } from './types.ts'

const functionKeys = ['name', 'description', 'action', 'pre_hook', 'conditions', 'custom_states'] as const

export interface CheckedFunction {
  /** Absent when there is an error among the findings. */
  readonly function?: TemplateFunction
  readonly findings: readonly Finding[]
}

/**
 * Reads a function file of a µTask folder. Its arguments are what callers must offer: see rules/arguments.
 */
export function checkFunction(text: string, options: CheckOptions = {}): CheckedFunction {
  const opened = openDocument(text)
  const { findings, root } = opened
  if (root === undefined) return { findings: findings.sorted() }
  const reading = new Reading(new Reader(opened))
  try {
    const found = readFunction(reading, reading.reader.place(root, ''), options)
    return { function: findings.hasErrors ? undefined : found, findings: findings.sorted() }
  } catch (error) {
    if (error instanceof TooManyFindings) return { findings: findings.sorted() }
    if (!(error instanceof TooLarge)) throw error
    findings.add('too-large', error.offset, error.path, 'This is too large or nested too deeply.')
    return { findings: findings.sorted() }
  }
}

function readFunction(reading: Reading, root: Place, options: CheckOptions): TemplateFunction | undefined {
  const { reader } = reading
  const fields = reader.object(root, 'a function', functionKeys)
  if (fields === undefined) return undefined
  const name = fields.name && reader.text(fields.name, 'name')
  if (name === undefined) return reading.missing(root, 'name', 'steps call a function by it.')
  const use: TextUse = { where: 'function' }
  const action = fields.action && readAction(reading, fields.action, use)
  if (fields.action === undefined) return reading.missing(root, 'action', 'a function has one.')
  const preHook = fields.pre_hook && readAction(reading, fields.pre_hook, use)
  const conditions = fields.conditions === undefined ? [] : readConditions(reading, fields.conditions, use)
  const customStates =
    fields.custom_states === undefined
      ? []
      : readStates(reading, fields.custom_states).map((state) => state.text)
  const known = {
    actions: options.actions,
    functions: options.functions ?? new Map<string, TemplateFunction>(),
  }
  for (const read of [action, preHook]) {
    if (read !== undefined) checkAction(reader, read, new Map(), {}, known)
  }
  for (const condition of conditions) checkFunctionCondition(reader, condition)
  checkFunctionHandles(reading, options)
  const read: TemplateFunction = {
    name,
    description: (fields.description && reader.text(fields.description, 'description')) ?? '',
    action: action?.action ?? { type: '', configuration: {} },
    preHook: preHook?.action,
    conditions: conditions.map((read) => read.condition),
    customStates,
    arguments: neededArguments(reading.templated.map(({ text }) => text)),
  }
  // As it is now, not as an earlier version of it among the known ones says.
  checkCalls(reader, { action, preHook }, new Map([...known.functions, [name, read]]), 'the function')
  return read
}

/** A function does not know the steps around it: only its own step can be set. */
function checkFunctionCondition(reader: Reader, read: ReadCondition): void {
  checkAssertions(reader, read)
  for (const target of read.targets) {
    if (target.name !== 'this') {
      reader.fault(target.key, 'condition-target', 'A condition of a function can only set "this".')
    }
  }
}

/** Steps, inputs and variables belong to the calling template; they cannot be checked here. */
function checkFunctionHandles(reading: Reading, options: CheckOptions): void {
  const anything = { has: () => true } as unknown as ReadonlySet<string>
  checkHandles(reading.reader, reading.templated, {
    inputs: anything,
    resolverInputs: anything,
    variables: anything,
    steps: new Map(),
    graph: { numbers: new Map(), isAncestor: () => true },
    configItems: options.configItems,
    statesOf: () => [],
    outputSchemaOf: () => undefined,
    metadataSchemaOf: () => undefined,
  })
}
