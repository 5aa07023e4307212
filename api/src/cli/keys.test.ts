import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { newId } from '../base/ids.ts'
import { KeyRing } from '../engine/seal.ts'
import { installationOf } from './installation.ts'
import { readKeys } from './keys.ts'

const folder = mkdtempSync(join(tmpdir(), 'stint-keys-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the first start makes a key that only its user may read, and the next one opens what it sealed', () => {
  const path = join(folder, 'deep/keys.json')
  const taskId = newId()
  const { key, keyId, wrapped } = new KeyRing(readKeys(path, false)).newDataKey(taskId)
  const sealed = key.sealText('secret', 'input')
  expect(new KeyRing(readKeys(path, true)).open(taskId, keyId, wrapped).openText(sealed, 'input')).toBe(
    'secret',
  )
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a missing key file is not replaced where tasks are sealed with it', () => {
  expect(() => readKeys(join(folder, 'lost.json'), true)).toThrow(/lost\.json is missing.*STINT_KEYS_FILE/)
})

test.each([
  ['no JSON', 'x'],
  ['an empty ring', '{"keys":[]}'],
  ['a short key', '{"keys":[{"id":"a","secret":"AAAA"}]}'],
])('a key file with %s is refused in one sentence', (_, text) => {
  const path = join(folder, 'bad.json')
  writeFileSync(path, text)
  expect(() => readKeys(path, false)).toThrow(/^The key file .*bad\.json .*\.$/)
})

test('the name of an installation stays', () => {
  const name = installationOf(folder)
  expect(installationOf(folder)).toBe(name)
  expect(readFileSync(join(folder, 'installation'), 'utf8')).toBe(`${name}\n`)
})
