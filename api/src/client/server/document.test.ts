import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buildSchema, parse, validate } from 'graphql'
import { expect, it } from 'vitest'

const schema = buildSchema(
  readFileSync(new URL('../../../../schema/schema.graphql', import.meta.url), 'utf8'),
)

const client = resolve(import.meta.dirname, '..')

/** Every document of the command line, by file and name, so that none is forgotten. */
async function documents(): Promise<[string, string][]> {
  const files = readdirSync(client, { recursive: true, encoding: 'utf8' })
  const found: [string, string][] = []
  for (const file of files.filter((each) => each.endsWith('.ts') && !each.endsWith('.test.ts'))) {
    const exported = (await import(join(client, file))) as Record<string, unknown>
    for (const [name, value] of Object.entries(exported)) {
      const text = (value as { text?: unknown } | null)?.text
      if (name.endsWith('Document') && typeof text === 'string') found.push([`${file} ${name}`, text])
    }
  }
  return found
}

const all = await documents()

it('there are as many as this command line has questions', () => expect(all.length).toBeGreaterThan(20))

it.each(all)('%s asks what the server offers', (_name, text) => {
  expect(validate(schema, parse(text)).map(({ message }) => message)).toEqual([])
})
