import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { printedSchema } from '../graphql/schema.ts'

/** `npm run schema`: writes what web, command line and reviewers read. */
const target = process.argv[2] ?? join(import.meta.dirname, '../../../schema/schema.graphql')
writeFileSync(target, printedSchema())
console.log(`wrote ${target}`)
