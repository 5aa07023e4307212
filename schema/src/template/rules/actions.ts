import { isMap, isScalar, isSeq, type Node } from 'yaml'
import { pathOf } from '../findings.ts'
import type { ReadAction } from '../read/action.ts'
import type { Place, Reader } from '../read/reader.ts'
import type { ReadTemplate } from '../read/template.ts'
import { nearest, suggestion } from '../suggestion.ts'
import { isTemplated } from '../text/parse.ts'
import type { Finding, TemplateFunction } from '../types.ts'
import { type ConfigurationProblem, checkConfiguration } from './configuration.ts'

type JsonSchema = Readonly<Record<string, unknown>>

/** What the checker needs to know of an action; engine/action.ts' Action is one. */
export interface ActionShape {
  readonly configuration: JsonSchema
  readonly output?: JsonSchema
  readonly metadata?: JsonSchema
  /** The field of the configuration that names a template to start. */
  readonly namesTemplate?: string
  /** What the JSON Schema cannot say; sentences. */
  check?(configuration: Record<string, unknown>): readonly string[]
}

/** A question to an action that is not here (see CheckOptions.later), and where its answers belong. */
export interface LaterCheck {
  readonly type: string
  readonly configuration: Record<string, unknown>
  readonly at: Pick<Finding, 'line' | 'column' | 'path'>
  /** Fields that the JSON Schema refuses; see notYetSaid. */
  readonly refused: readonly string[]
}

/** What an action says of its configuration, without what its JSON Schema said already of the same field. */
export function notYetSaid(sentences: readonly string[], refused: readonly string[]): readonly string[] {
  return sentences.filter((sentence) => !refused.some((field) => sentence.startsWith(`${field} `)))
}

export interface KnownActions {
  readonly actions?: ReadonlyMap<string, ActionShape>
  readonly functions: ReadonlyMap<string, TemplateFunction>
  readonly templates?: ReadonlySet<string>
  /** The template that is checked: it may start itself. */
  readonly self?: string
  readonly later?: (question: LaterCheck) => void
}

/** The action's type, its base configuration, and the whole of its configuration. */
export function checkAction(
  reader: Reader,
  read: ReadAction,
  bases: ReadTemplate['bases'],
  baseValues: Readonly<Record<string, unknown>>,
  known: KnownActions,
): void {
  const { action } = read
  const base = action.baseConfiguration
  if (base !== undefined && !bases.has(base)) {
    reader.fault(
      read.baseAt ?? read.at,
      'unknown-base-configuration',
      `There is no base configuration "${base}"${suggestion(base, bases.keys())}`,
    )
    return
  }
  const baseValue = base === undefined ? undefined : baseValues[base]
  const whole = mergeConfiguration(baseValue, action.configuration)
  const called = known.functions.get(action.type)
  if (called !== undefined) {
    checkArguments(reader, read, called, whole)
    return
  }
  if (known.actions === undefined) return
  const shape = known.actions.get(action.type)
  if (shape === undefined) {
    const names = [...known.actions.keys(), ...known.functions.keys()]
    reader.fault(
      read.typeAt,
      'unknown-action',
      `There is no action "${action.type}"${suggestion(action.type, names)}`,
    )
    return
  }
  const basePlace = base === undefined ? undefined : bases.get(base)
  const problems = checkConfiguration(shape.configuration, whole)
  const refused = problems.flatMap(({ path: [field] }) => (typeof field === 'string' ? [field] : []))
  for (const problem of problems) {
    const at = locate(read.configurationAt, problem) ?? locate(basePlace, problem)
    const code = problem.isKey ? 'unknown-key' : 'action-configuration'
    reader.fault(at ?? read.configurationAt ?? read.typeAt, code, problem.message)
  }
  const missing = unknownTemplate(shape, whole, known)
  if (missing !== undefined) {
    const problem = { path: [shape.namesTemplate ?? ''], message: '' }
    const at = locate(read.configurationAt, problem) ?? locate(basePlace, problem) ?? read.typeAt
    const hint = suggestion(missing, known.templates ?? [])
    reader.fault(at, 'unknown-template', `There is no template "${missing}" yet${hint}`, 'warning')
  }
  const own = read.configurationAt ?? read.typeAt
  if (known.later !== undefined) {
    known.later({ type: action.type, configuration: whole, at: reader.positionOf(own), refused })
    return
  }
  for (const sentence of notYetSaid(shape.check?.(whole) ?? [], refused))
    reader.fault(own, 'action-configuration', sentence)
}

/** The template that a step would start, when it is named literally and is not there; it may still come. */
function unknownTemplate(
  { namesTemplate }: ActionShape,
  configuration: Record<string, unknown>,
  { templates, self }: KnownActions,
): string | undefined {
  const name = namesTemplate === undefined ? undefined : configuration[namesTemplate]
  if (templates === undefined || typeof name !== 'string' || name === '' || isTemplated(name))
    return undefined
  return name === self || templates.has(name) ? undefined : name
}

/** Own fields win; objects merge, lists and everything else replace. */
function mergeConfiguration(base: unknown, own: Record<string, unknown>): Record<string, unknown> {
  if (!isObject(base)) return own
  const merged = { ...base, ...own }
  for (const key of Object.keys(own)) {
    const [mine, theirs] = [own[key], base[key]]
    if (isObject(mine) && isObject(theirs) && Object.hasOwn(base, key))
      merged[key] = mergeConfiguration(theirs, mine)
  }
  return merged
}

function checkArguments(
  reader: Reader,
  read: ReadAction,
  called: TemplateFunction,
  configuration: Record<string, unknown>,
): void {
  for (const argument of called.arguments) {
    const path = argument.split('.')
    if (hasPath(configuration, path)) continue
    const slip = slipFor(configuration, path, called.arguments)
    const at = slip && locate(read.configurationAt, { path: slip, message: '', isKey: true })
    const needs = `The function "${called.name}" needs "${argument}" in its configuration`
    const said = at === undefined ? '.' : `; did you mean that by "${slip?.join('.')}"?`
    reader.fault(at ?? read.configurationAt ?? read.typeAt, 'missing-argument', `${needs}${said}`)
  }
}

/** The path of a key that nobody needs and that is spelled nearly as the one that is missing. */
function slipFor(
  configuration: unknown,
  path: readonly string[],
  needed: readonly string[],
): readonly string[] | undefined {
  const [name = '', ...rest] = path
  if (!isObject(configuration)) return undefined
  if (Object.hasOwn(configuration, name)) {
    const depth = `${name}.`
    const inner = needed.filter((each) => each.startsWith(depth)).map((each) => each.slice(depth.length))
    const slip = slipFor(configuration[name], rest, inner)
    return slip && [name, ...slip]
  }
  const taken = new Set(needed.map((each) => each.split('.')[0]))
  const slip = nearest(
    name,
    Object.keys(configuration).filter((key) => !taken.has(key)),
  )
  return slip === undefined ? undefined : [slip]
}

function hasPath(value: unknown, path: readonly string[]): boolean {
  const [name, ...rest] = path
  if (name === undefined) return true
  // What a templated text will hold is not known yet.
  if (typeof value === 'string') return value.includes('{{')
  return isObject(value) && Object.hasOwn(value, name) && hasPath(value[name], rest)
}

/** Where a value, or its key, stands; undefined when it does not stand in this part. */
function locate(place: Place | undefined, { path, isKey = false }: ConfigurationProblem): Place | undefined {
  let at = place
  path.forEach((part, i) => {
    if (at === undefined) return
    at = typeof part === 'number' ? itemOf(at, part) : entryOf(at, part, isKey && i === path.length - 1)
  })
  return at
}

function itemOf(place: Place, index: number): Place | undefined {
  const item = isSeq(place.node) ? (place.node.items[index] as Node | undefined) : undefined
  return item && { node: item, offset: item.range?.[0] ?? place.offset, path: pathOf(place.path, index) }
}

function entryOf(place: Place, name: string, isKey: boolean): Place | undefined {
  const pair = isMap(place.node)
    ? place.node.items.find((item) => isScalar(item.key) && String(item.key.value) === name)
    : undefined
  if (pair === undefined) return undefined
  const node = (isKey ? pair.key : (pair.value ?? pair.key)) as Node
  const offset = node.range?.[0] ?? (pair.key as Node).range?.[0] ?? place.offset
  return { node, offset, path: pathOf(place.path, name) }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
