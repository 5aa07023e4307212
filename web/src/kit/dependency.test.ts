import { expect, it } from 'vitest'
import { dependencyText, parseDependency } from './dependency.ts'

it('tells what a step waits for in words, not in the syntax of templates', () => {
  const text = (written: string) => dependencyText(parseDependency(written))
  expect(text('facts')).toBe('facts')
  expect(text('facts:DONE')).toBe('facts')
  expect(text('facts:DONE,LOW_DISK')).toBe('facts (done or LOW_DISK)')
  expect(text('facts:SERVER_ERROR')).toBe('facts (server error)')
  expect(text('facts:ANY')).toBe('facts (however it ends)')
})
