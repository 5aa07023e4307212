import { expect, it } from 'vitest'
import { outcomeOf } from './outcome.ts'

it('says how many, of how many, and what came of the others', () => {
  const run = { command: 'CANCEL', done: 2, total: 4, refusals: [] } as const
  expect(outcomeOf(run)).toBe('Cancel: 2 of 4 accepted')
  expect(outcomeOf({ ...run, done: 4, refusals: [1] })).toBe('Cancel: 3 of 4 accepted, 1 refused')
  const deletion = { ...run, command: 'DELETE', done: 4, deleted: 4 } as const
  expect(outcomeOf(deletion)).toBe('Delete: 4 of 4 deleted')
  expect(outcomeOf({ ...deletion, refusals: [1], deleted: 12 })).toBe(
    'Delete: 3 of 4 deleted, 12 with their sub-tasks; 1 refused',
  )
})
