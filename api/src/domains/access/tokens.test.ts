import { expect, test } from 'vitest'
import { hashSecret, isApiToken, newApiToken, newSecret } from './tokens.ts'

test('an API token is known by its prefix and its checksum', () => {
  for (let round = 0; round < 100; round++) {
    const token = newApiToken()
    expect(token).toMatch(/^stint_[0-9A-Za-z]{49}$/)
    expect(isApiToken(token)).toBe(true)
  }
})

test('one wrong character anywhere is noticed', () => {
  const token = newApiToken()
  for (let place = 0; place < token.length; place++) {
    const other = token[place] === 'x' ? 'y' : 'x'
    expect(isApiToken(token.slice(0, place) + other + token.slice(place + 1))).toBe(false)
  }
  expect(isApiToken(token.slice(0, -1))).toBe(false)
  expect(isApiToken(`${token} `)).toBe(false)
})

test('secrets have 256 bits, never repeat, and their hash does not show them', () => {
  const secrets = new Set(Array.from({ length: 200 }, newSecret))
  expect(secrets.size).toBe(200)
  for (const secret of secrets) {
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
    expect(hashSecret(secret)).toHaveLength(32)
  }
})
