import { limits } from '@stint/schema/limits'
import { expect, it } from 'vitest'
import { passwordProblem } from './password.ts'

it('refuses what the server would refuse', () => {
  expect(passwordProblem('x'.repeat(limits.passwordLengthMin - 1), 'ann')).toMatch(/at least/)
  expect(passwordProblem('x'.repeat(limits.passwordLengthMax + 1), 'ann')).toMatch(/at most/)
  expect(passwordProblem('Ann-of-Operations', 'ann-of-operations')).toMatch(/name/)
  expect(passwordProblem('correct horse', 'ann')).toBeUndefined()
})
