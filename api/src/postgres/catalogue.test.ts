import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkout } from '../base/config.ts'
import { testDatabase } from '../testing/database.ts'
import { printCatalogue } from './catalogue.ts'

const { sql } = await testDatabase()

test('database.sql says what the migrations make; if not, run `npm run db`', async () => {
  const written = readFileSync(join(checkout, 'api/database.sql'), 'utf8')
  expect(written.slice(written.indexOf('\n\n') + 2)).toBe(await printCatalogue(sql))
})
