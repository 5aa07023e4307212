import type { Template, TemplateAction } from '@stint/schema/template-types'
import { type RenderOptions, renderDeep, renderText, sharing } from '../values/template.ts'

type JsonSchema = Readonly<Record<string, unknown>>

/** Configurations as they are before rendering, merged once for each action of a template. */
const mergedConfigurations = new WeakMap<TemplateAction, Record<string, unknown>>()

/**
 * The configuration of an action for one run: base and own merged, then every text in it rendered. Parts without handles are
 * shared between runs and must not be changed. Throws ValueError.
 */
export function configurationFor(
  action: TemplateAction,
  template: Pick<Template, 'baseConfigurations'>,
  data: object,
  options: RenderOptions = {},
  schema?: JsonSchema,
): Record<string, unknown> {
  let merged = mergedConfigurations.get(action)
  if (merged === undefined) {
    const name = action.baseConfiguration
    const base = name === undefined ? undefined : template.baseConfigurations[name]
    merged = mergeConfiguration(base, action.configuration, schema)
    mergedConfigurations.set(action, merged)
  }
  return renderDeep(merged, data, options) as Record<string, unknown>
}

/**
 * Own fields win over those of the base, lists replace. How objects merge depends on what µTask's plug-ins declare: an object
 * with named properties merges field by field, a map by its keys, a value of any kind (the `output` of echo) is replaced.
 * Without a schema objects merge all the way down.
 */
export function mergeConfiguration(
  base: unknown,
  own: Record<string, unknown>,
  schema?: JsonSchema,
): Record<string, unknown> {
  return isObject(base) ? mergeObjects(base, own, schema) : own
}

function mergeObjects(
  base: Record<string, unknown>,
  own: Record<string, unknown>,
  schema: JsonSchema | undefined,
): Record<string, unknown> {
  const merged = new Map(Object.entries(base))
  for (const [key, mine] of Object.entries(own)) {
    const theirs = merged.get(key)
    const part = schema === undefined ? undefined : propertyOf(schema, key)
    const isMerged = isObject(mine) && isObject(theirs) && (schema === undefined || isStructured(part))
    merged.set(key, isMerged ? mergeObjects(theirs, mine, part) : mine)
  }
  return Object.fromEntries(merged)
}

function propertyOf(schema: JsonSchema, key: string): JsonSchema | undefined {
  const { properties } = schema
  const property = isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined
  return isObject(property) ? property : undefined
}

function isStructured(schema: JsonSchema | undefined): boolean {
  return isObject(schema?.properties) || isObject(schema?.additionalProperties)
}

/** An output that is to be rewritten and cannot be. */
export class OutputError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'OutputError'
  }
}

/** What `merge` lays under the output of the action, rendered before it runs; undefined for the other strategies. */
export function renderOutputBase(action: TemplateAction, data: object, options: RenderOptions = {}): unknown {
  if (action.output?.strategy !== 'merge') return undefined
  const base = renderDeep(action.output.format, data, options)
  if (isObject(base)) return base
  throw new OutputError('the format of the output is not an object, so nothing can be merged into it')
}

/**
 * The output of a step from that of its action. `merge`: the action's fields over `base`; where the output is no object,
 * nothing of it is lost: it stands beside the base as `output` (µTask drops it). `template`: the format rendered with the
 * raw output as `.step.this.output`, which `data` must hold already.
 */
export function outputFor(
  action: TemplateAction,
  raw: unknown,
  base: unknown,
  data: object,
  options: RenderOptions = {},
): unknown {
  switch (action.output?.strategy) {
    case 'merge':
      if (raw === null || raw === undefined) return base
      return isObject(raw) ? { ...(base as object), ...raw } : { ...(base as object), output: raw }
    case 'template':
      return renderDeep(action.output.format, data, options)
    default:
      return raw
  }
}

/** µTask's result_format: keys and texts of nested maps are rendered, lists and everything else stay. */
export function renderResult(
  format: Readonly<Record<string, unknown>>,
  data: object,
  options: RenderOptions = {},
): Record<string, unknown> {
  const shared = sharing(options)
  return Object.fromEntries(
    Object.entries(format).map(([key, value]) => {
      const name = renderText(key, data, shared)
      if (isObject(value)) return [name, renderResult(value, data, shared)]
      return [name, typeof value === 'string' ? renderDeep(value, data, shared) : value]
    }),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
