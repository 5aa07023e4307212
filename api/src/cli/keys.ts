import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { App } from '../base/app.ts'
import { newId } from '../base/ids.ts'
import { enterRing, RingKeyMissing } from '../domains/keys/ring.ts'
import { KeyRing, type RingKey } from '../engine/seal.ts'
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

function textOf(ring: readonly RingKey[]): string {
  const keys = ring.map(({ id, secret }) => ({ id, secret: secret.toString('base64') }))
  return `${JSON.stringify({ keys }, null, 2)}\n`
}

export function newKey(): RingKey {
  return { id: newId(), secret: randomBytes(secretBytes) }
}

/** Puts another ring into the file; whoever reads it meanwhile sees the old one or the new one, never half of it. */
export function writeKeys(path: string, ring: readonly RingKey[]): void {
  const half = `${path}.${process.pid}`
  writeFileSync(half, textOf(ring), { mode: 0o600, flush: true })
  renameSync(half, path)
}

/** What the file says; throws a refusal when it cannot be used. */
export function parseKeys(path: string): RingKey[] {
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
export function readKeys(path: string, hasTasks: boolean): RingKey[] {
  if (hasTasks && statSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new Refusal(
      `The key file ${path} is missing, and this database has tasks that only it opens; put it back or set STINT_KEYS_FILE.`,
    )
  }
  ensureSecretFile(path, () => textOf([newKey()]))
  const keys = parseKeys(path)
  // What others could read would be no secret.
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
  return keys
}

/** The ring of this process: its file has every key that the database needs, or the start is refused. */
export async function openRing(app: App, path: string, ring: readonly RingKey[]): Promise<KeyRing> {
  try {
    return new KeyRing(ring, await enterRing(app, ring))
  } catch (error) {
    if (!(error instanceof RingKeyMissing)) throw error
    throw new Refusal(
      `The key file ${path} lacks the key ${error.keyId}, which this database needs; put that key back into the file.`,
      error,
    )
  }
}

/** Reads the file again when it has changed since the last time. */
export function rereadKeys(path: string): () => RingKey[] | undefined {
  const mark = () => {
    const { mtimeMs, size, ino } = statSync(path)
    return `${mtimeMs} ${size} ${ino}`
  }
  let last = mark()
  return () => {
    const now = mark()
    if (now === last) return undefined
    const keys = parseKeys(path)
    last = now
    return keys
  }
}
