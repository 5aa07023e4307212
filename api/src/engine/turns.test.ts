import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

test('the same key takes turns, also after a failure; another key does not wait', async () => {
  const turns = new Turns()
  const seen: string[] = []
  const gate = Promise.withResolvers<void>()
  const first = turns.run('a', async () => {
    await gate.promise
    seen.push('a1')
    throw new Error('a1 failed')
  })
  const second = turns.run('a', async () => {
    seen.push('a2')
    return 2
  })
  await turns.run('b', async () => {
    seen.push('b1')
  })
  gate.resolve()
  await expect(first).rejects.toThrow('a1 failed')
  expect(await second).toBe(2)
  expect(seen).toEqual(['b1', 'a1', 'a2'])
  expect(await turns.run('a', async () => 3)).toBe(3)
})
