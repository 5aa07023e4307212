import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import {
  checkNewPassword,
  generatePassword,
  hashOfNobody,
  hashPassword,
  verifyPassword,
} from './passwords.ts'

test('a password verifies against its own hash only', async () => {
  const stored = await hashPassword('correct horse')
  expect(await verifyPassword(stored, 'correct horse')).toBe(true)
  expect(await verifyPassword(stored, 'correct horsf')).toBe(false)
  expect(await verifyPassword(stored, '')).toBe(false)
})

test('nobody signs in without a stored password, and pays the price of a real look all the same', async () => {
  const parameters = (phc: string) => phc.split('$').slice(0, 4)
  expect(parameters(hashOfNobody)).toEqual(parameters(await hashPassword('anything')))
  expect(parameters(hashOfNobody)).toEqual(['', 'argon2id', 'v=19', 'm=19456,t=2,p=1'])
  expect(await verifyPassword(null, 'anything')).toBe(false)
})

test('two ways to type the same letter are one password', async () => {
  expect(await verifyPassword(await hashPassword('caf\u00e9 creme'), 'cafe\u0301 creme')).toBe(true)
})

test('a password of a megabyte is refused without being hashed as given', async () => {
  const stored = await hashPassword('')
  expect(await verifyPassword(stored, 'x'.repeat(1_000_000))).toBe(false)
})

test('a flood is refused as overloaded and leaves the pool usable', async () => {
  const answers = await Promise.allSettled(Array.from({ length: 90 }, () => verifyPassword(null, 'guess')))
  const refused = answers.filter((answer) => answer.status === 'rejected')
  expect(refused).toHaveLength(90 - 2 - 64)
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'overloaded' })
  expect(await verifyPassword(await hashPassword('still here'), 'still here')).toBe(true)
})

test('a flood leaves threads for files and name look-ups', async () => {
  let isOver = false
  const flood = Promise.all(Array.from({ length: 60 }, () => verifyPassword(null, 'guess')))
  const over = flood.then(() => {
    isOver = true
  })
  for (let round = 0; round < 10; round++) await readFile(import.meta.filename)
  expect(isOver).toBe(false)
  await over
})

test.each([
  ['short', '1234567'],
  ['long', 'x'.repeat(201)],
  ['the name', 'Ann-of-Operations'],
])('a new password that is %s is refused', (_, password) => {
  expect(() => checkNewPassword(password, 'ann-of-operations')).toThrow(
    expect.objectContaining({ code: 'invalid-input' }),
  )
})

test('generated passwords are new each time and acceptable', () => {
  const some = new Set(Array.from({ length: 50 }, generatePassword))
  expect(some.size).toBe(50)
  for (const password of some) {
    expect(password).toMatch(/^(\w{6}-){3}\w{6}$/)
    checkNewPassword(password, 'admin')
  }
})
