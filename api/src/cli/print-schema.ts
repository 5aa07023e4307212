import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { printedSchema } from '../graphql/schema.ts'
import { printedActions } from './printed-actions.ts'

/** `npm run schema`: writes what web, command line and reviewers read. */
const folder = join(import.meta.dirname, '../../../schema')
const target = process.argv[2] ?? join(folder, 'schema.graphql')
writeFileSync(target, printedSchema())
console.log(`wrote ${target}`)
if (process.argv[2] === undefined) {
  writeFileSync(join(folder, 'actions.json'), printedActions())
  console.log(`wrote ${join(folder, 'actions.json')}`)
}
