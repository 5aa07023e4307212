import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { Problem } from '../base/problem.ts'

/*
 * Envelope encryption: one random data key per task, wrapped by the newest key of the ring and kept on the task's payload
 * row. Everything secret of a task is AES-256-GCM under its data key with a fresh nonce; the associated data names task,
 * step, attempt and kind, so that a ciphertext moved to another row does not open.
 * Layout of a sealed value: nonce (12) · tag (16) · ciphertext.
 */
const nonceBytes = 12
const tagBytes = 16

export interface RingKey {
  readonly id: string
  /** 32 bytes. */
  readonly secret: Buffer
}

/** The first key is the newest and wraps; the others only unwrap. Keys are derived per purpose, never used bare. */
export class KeyRing {
  readonly #keys: ReadonlyMap<string, KeyObject>
  readonly #newest: string

  constructor(keys: readonly RingKey[]) {
    const newest = keys[0]
    if (!newest) throw new Error('the key ring is empty')
    for (const key of keys)
      if (key.secret.length !== 32) throw new Error(`key ${key.id} is not 32 bytes long`)
    this.#newest = newest.id
    this.#keys = new Map(keys.map((key) => [key.id, derive(key.secret)]))
  }

  /** A fresh data key for a task, with the form of it that may be stored. */
  newDataKey(taskId: string): { key: TaskKey; keyId: string; wrapped: Buffer } {
    const secret = randomBytes(32)
    const wrapped = seal(this.#key(this.#newest), secret, `key|${taskId}`)
    return { key: new TaskKey(taskId, secret), keyId: this.#newest, wrapped }
  }

  /** Problem `internal` when the ring lacks the key: the operator removed it too early. */
  open(taskId: string, keyId: string, wrapped: Buffer): TaskKey {
    return new TaskKey(taskId, open(this.#key(keyId), wrapped, `key|${taskId}`))
  }

  #key(id: string): KeyObject {
    const key = this.#keys.get(id)
    if (!key) throw new Problem('internal', `The key ring has no key ${id}; add it again to read this task.`)
    return key
  }
}

/** The data key of one task. */
export class TaskKey {
  readonly #taskId: string
  // As a key object: with plain bytes, sealing a small value took 14 µs instead of 3.
  readonly #secret: KeyObject

  constructor(taskId: string, secret: Buffer) {
    this.#taskId = taskId
    this.#secret = createSecretKey(secret)
  }

  sealText(text: string, place: string): Buffer {
    return seal(this.#secret, Buffer.from(text), `${this.#taskId}|${place}`)
  }

  sealJson(value: unknown, place: string): Buffer {
    return this.sealText(JSON.stringify(value), place)
  }

  openText(sealed: Buffer, place: string): string {
    return open(this.#secret, sealed, `${this.#taskId}|${place}`).toString()
  }

  openJson(sealed: Buffer, place: string): unknown {
    return JSON.parse(this.openText(sealed, place))
  }
}

/** The associated data of each kind of sealed value, beside the task id. */
export const placeOf = {
  definition: 'definition',
  input: 'input',
  resolverInput: 'resolver-input',
  result: 'result',
  signal: 'signal',
  attemptOutput: (stepNo: number, attemptNo: number) => `output|${stepNo}|${attemptNo}`,
  attemptError: (stepNo: number, attemptNo: number) => `error|${stepNo}|${attemptNo}`,
  chunk: (stepNo: number, attemptNo: number, seq: number) => `log|${stepNo}|${attemptNo}|${seq}`,
} as const

function derive(secret: Buffer): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'stint task data key', 32)))
}

// Random bytes in blocks: one system call for 680 nonces instead of one for each (a tenth of the cost of sealing).
let noncePool = Buffer.alloc(0)
let nonceUsed = 0

function takeNonce(): Buffer {
  if (nonceUsed + nonceBytes > noncePool.length) {
    noncePool = randomBytes(8160)
    nonceUsed = 0
  }
  nonceUsed += nonceBytes
  return noncePool.subarray(nonceUsed - nonceBytes, nonceUsed)
}

function seal(key: KeyObject, plain: Buffer, place: string): Buffer {
  const nonce = takeNonce()
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(place))
  const body = cipher.update(plain)
  cipher.final()
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

function open(key: KeyObject, sealed: Buffer, place: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes))
  decipher.setAAD(Buffer.from(place))
  decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes))
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()])
}
