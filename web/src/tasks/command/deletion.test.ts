import { expect, it } from 'vitest'
import { whatGoes, wordToType } from './deletion.ts'

it('what goes with tasks is told in words, as far as the server counted', () => {
  expect(whatGoes({ tasks: 1, children: 0, attempts: 0 })).toBe(
    'With it go its record with all comments. Nothing brings it back but a backup.',
  )
  expect(whatGoes({ tasks: 2, children: 1, attempts: 1200 })).toBe(
    'With them go 1 sub-task, 1,200 attempts with outputs and logs and their record with all comments. Nothing brings them back but a backup.',
  )
  expect(whatGoes({ tasks: 2, children: 100_000, attempts: 0 })).toContain('100,000 and more sub-tasks and')
})

it('many are not confirmed by the same word as a few', () => {
  expect(wordToType(20)).toBe('delete')
  expect(wordToType(21)).toBe('delete 21')
})
