import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from '../base/config.ts'
import { printCatalogue } from '../postgres/catalogue.ts'
import { connect } from '../postgres/connect.ts'
import { startTestCluster } from '../testing/cluster.ts'

/** `npm run db`: writes what is in a database after the last migration. */
const head =
  '-- The database after the last migration. Printed by `npm run db`; why it came to be so: api/migrations.\n\n'
const target = join(checkout, 'api/database.sql')

const cluster = await startTestCluster()
const sql = connect(cluster.template, { max: 1 })
writeFileSync(target, head + (await printCatalogue(sql)))
await sql.end()
await cluster.stop()
console.log(`wrote ${target}`)
