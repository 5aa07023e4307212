import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkout } from '../base/config.ts'
import { printedActions } from './printed-actions.ts'

it('schema/actions.json is what the actions declare; run `npm run schema` when it is not', () => {
  expect(printedActions()).toBe(readFileSync(join(checkout, 'schema/actions.json'), 'utf8'))
})
