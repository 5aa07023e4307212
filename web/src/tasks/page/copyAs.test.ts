import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import { expect, it } from 'vitest'
import { copies } from './copyAs.ts'

const task = { uuid: '01981c1e-0000-7000-8000-000000000001' }
const text = (title: string) =>
  copies.find((copy) => copy.title === title)!.text(task, 'http://stint.example')

it('names the task in each form', () => {
  for (const copy of copies) expect(copy.text(task, 'http://x')).toContain(task.uuid)
  expect(text('CLI')).toBe(`stint task show ${task.uuid}`)
})

it('makes a curl command that a shell reads as one and that carries no secret', () => {
  expect(text('curl').split(' \\\n')).toHaveLength(4)
  expect(text('curl')).toContain('$STINT_TOKEN')
  const body = /-d '(.*)'$/.exec(text('curl'))?.[1]
  expect(JSON.parse(body!).query).toContain('task(id: "')
})

it('copies a query that the API understands', () => {
  const path = new URL('../../../../schema/schema.graphql', import.meta.url)
  const schema = buildSchema(readFileSync(path, 'utf8'))
  expect(validate(schema, parse(text('GraphQL')))).toEqual([])
})
