import { randomBytes } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { newId } from '../base/ids.ts'
import { KeyRing } from '../engine/seal.ts'
import { codeOf, Refusal } from './refusal.ts'

const secretBytes = 32
const KeysFile = z.object({
  keys: z.array(z.object({ id: z.string().min(1), secret: z.base64() }).strict()).min(1),
})

/** True when it made the file; of two starts at once one does, and never a half file. */
export function ensureSecretFile(path: string, content: () => string): boolean {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return false
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const half = `${path}.${process.pid}`
  writeFileSync(half, content(), { mode: 0o600, flush: true })
  try {
    linkSync(half, path)
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(half, { force: true })
  }
}

function newKeys(): string {
  const key = { id: newId(), secret: randomBytes(secretBytes).toString('base64') }
  return `${JSON.stringify({ keys: [key] }, null, 2)}\n`
}

function parseKeys(path: string): { id: string; secret: Buffer }[] {
  const refuse = (why: string, cause?: unknown) => new Refusal(`The key file ${path} ${why}.`, cause)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw refuse(`cannot be read (${codeOf(error)})`, error)
  }
  const parsed = KeysFile.safeParse(jsonOf(text))
  if (!parsed.success) throw refuse('is not {"keys": [{"id": …, "secret": 32 bytes in base64}]}')
  const keys = parsed.data.keys.map(({ id, secret }) => ({ id, secret: Buffer.from(secret, 'base64') }))
  const short = keys.find(({ secret }) => secret.length !== secretBytes)
  if (short !== undefined) throw refuse(`has a key ${short.id} that is not ${secretBytes} bytes long`)
  return keys
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The keys that tasks are sealed with, newest first. A first start makes them; with `hasTasks` it would lock everybody out
 * of what is there, so then it refuses.
 */
export function readKeys(path: string, hasTasks: boolean): KeyRing {
  if (hasTasks && statSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new Refusal(
      `The key file ${path} is missing, and this database has tasks that only it opens; put it back or set STINT_KEYS_FILE.`,
    )
  }
  ensureSecretFile(path, newKeys)
  const keys = parseKeys(path)
  // What others could read would be no secret.
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
  return new KeyRing(keys)
}
