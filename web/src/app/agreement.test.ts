import { readFileSync } from 'node:fs'
import { buildSchema, isObjectType } from 'graphql'
import { expect, it } from 'vitest'
import { environmentOf, environmentPath } from '../../codegen.ts'
import { keys } from '../client/cache.ts'

const sdl = readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8')

it('knows the agreement as it is now: run `node web/codegen.ts` when this fails', () => {
  expect(environmentOf(sdl) === readFileSync(environmentPath, 'utf8')).toBe(true)
})

it('tells the cache how to keep every type that has no id', () => {
  const schema = buildSchema(sdl)
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
  const withoutId = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !roots.has(type) && !type.name.startsWith('__') && !type.getFields().id)
    .map((type) => type.name)
  expect(withoutId.filter((name) => !(name in keys))).toEqual([])
})
