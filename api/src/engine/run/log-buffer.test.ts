import { expect, it } from 'vitest'
import { LogBuffer } from './log-buffer.ts'
import { Masker } from './mask.ts'

it('a character of two units stays whole where a long text is cut into chunks', () => {
  const log = new LogBuffer(new Masker([]))
  const text = `a${'😀'.repeat(40_000)}`
  log.add(text, 'stdout')
  const chunks = log.take(true)
  expect(chunks.length).toBeGreaterThan(2)
  expect(chunks.map((chunk) => chunk.text).join('') === text).toBe(true)
})
