import { stringify } from 'yaml'
import type { Action, JsonSchema } from './action.ts'

/*
 * The manual of an action, made of what it declares: nobody writes it twice, and a field without a sentence fails a test.
 */

/** The example as it stands in a template; undefined when the action has none. */
export function exampleOf({ type, example }: Action): string | undefined {
  if (example === undefined) return undefined
  return stringify({ action: { type, configuration: example } }, { lineWidth: 0 })
}

/** What a run of the example would use; the labels that `resource_limits` may name. */
export function resourcesOf({ resources, example }: Action): readonly string[] {
  return resources?.(example ?? {}) ?? []
}

/** May it run again after an executor died under it? */
export function idempotenceOf({ idempotent }: Action): 'yes' | 'no' | 'depends' {
  return typeof idempotent === 'function' ? 'depends' : idempotent ? 'yes' : 'no'
}

const idempotenceWords = {
  yes: 'After an executor died under it, it runs again by itself.',
  no: 'After an executor died under it, a person is asked, unless the step says `idempotent: true`.',
  depends: 'Whether it runs again by itself after an executor died under it depends on its configuration.',
}

const code = (value: unknown) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``

function typeOf(schema: JsonSchema): string {
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'anything')
  const items = schema.items as JsonSchema | undefined
  return type === 'array' && items !== undefined ? `list of ${typeOf(items)}` : String(type)
}

function factsOf(schema: JsonSchema, isRequired: boolean): string {
  const facts = [typeOf(schema)]
  if (isRequired) facts.push('required')
  if (schema.default !== undefined) facts.push(`${code(schema.default)} unless given`)
  if (Array.isArray(schema.enum)) facts.push(`one of ${schema.enum.map(code).join(', ')}`)
  return facts.join('; ')
}

/** A line for each field, those of objects and of lists of objects below it. */
function fieldLines(schema: JsonSchema, indent = ''): string[] {
  const required = new Set((schema.required ?? []) as string[])
  const fields = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)
  return fields.flatMap(([name, field]) => {
    const nested = field.items === undefined ? field : (field.items as JsonSchema)
    const line = `${indent}- \`${name}\` (${factsOf(field, required.has(name))}): ${field.description ?? ''}`
    return [line, ...fieldLines(nested, `${indent}  `)]
  })
}

function section(title: string, schema: JsonSchema | undefined, otherwise: string): string {
  const lines = schema === undefined ? [] : fieldLines(schema)
  const said = typeof schema?.description === 'string' ? [schema.description, ''] : []
  const body = lines.length > 0 ? [...said, ...lines] : said.length > 0 ? said.slice(0, 1) : [otherwise]
  return [`## ${title}`, '', ...body].join('\n')
}

/** Markdown, from a heading with the type to the example. */
export function documentationOf(action: Action): string {
  const resources = resourcesOf(action)
  const example = exampleOf(action)
  const parts = [
    `# ${action.type}`,
    action.description,
    section('Configuration', action.configuration, 'It takes none.'),
    section('Output', action.output, 'It has none.'),
    section('Metadata', action.metadata, 'It has none.'),
    `## When things go wrong\n\n${idempotenceWords[idempotenceOf(action)]}`,
  ]
  if (resources.length > 0)
    parts.push(`## Limits\n\nRuns of the example below count as ${resources.map(code).join(', ')}.`)
  if (example !== undefined) parts.push(`## Example\n\n\`\`\`yaml\n${example.trimEnd()}\n\`\`\``)
  return `${parts.join('\n\n')}\n`
}
