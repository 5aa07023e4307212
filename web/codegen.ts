import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { minifyIntrospection, outputIntrospectionFile } from 'gql.tada/internal'
import { buildSchema, introspectionFromSchema } from 'graphql'

/** Where the generated types of the agreement stand; committed, and compared with the agreement by a test. */
export const environmentPath = join(import.meta.dirname, 'src', 'graphql-env.d.ts')

/** The types that gql.tada reads, made from an SDL text. Same text, same answer. */
export function environmentOf(sdl: string): string {
  const introspection = introspectionFromSchema(buildSchema(sdl), { descriptions: false })
  return outputIntrospectionFile(minifyIntrospection(introspection), {
    fileType: '.d.ts',
    shouldPreprocess: true,
  })
}

if (import.meta.main) {
  const schemaPath = process.argv[2] ?? join(import.meta.dirname, '..', 'schema', 'schema.graphql')
  writeFileSync(environmentPath, environmentOf(readFileSync(schemaPath, 'utf8')))
}
