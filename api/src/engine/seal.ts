import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { parseJson } from '../base/exact-json.ts'
import { Problem } from '../base/problem.ts'

/*
 * Envelope encryption: one random data key per task, wrapped by the current key of the ring and kept on the task's payload
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

/**
 * One key of the ring wraps, the others only unwrap. Keys are derived per purpose, never used bare. What a ring holds may be
 * replaced while the process runs: keys are added, another one begins to wrap, old ones go.
 */
export class KeyRing {
  #keys: ReadonlyMap<string, KeyObject> = new Map()
  #current = ''

  /** Newest first; the newest wraps when no other is named. */
  constructor(keys: readonly RingKey[], current?: string) {
    this.load(keys, current)
  }

  load(keys: readonly RingKey[], current = keys[0]?.id): void {
    if (current === undefined) throw new Error('the key ring is empty')
    if (!keys.some(({ id }) => id === current)) throw new Error(`the key ring has no key ${current}`)
    for (const key of keys)
      if (key.secret.length !== 32) throw new Error(`key ${key.id} is not 32 bytes long`)
    this.#keys = new Map(keys.map((key) => [key.id, derive(key.secret)]))
    this.#current = current
  }

  /** The key that wraps. */
  get current(): string {
    return this.#current
  }

  /** All keys, the one that wraps first. */
  get ids(): readonly string[] {
    return [this.#current, ...[...this.#keys.keys()].filter((id) => id !== this.#current)]
  }

  /** A fresh data key for a task, with the form of it that may be stored. */
  newDataKey(taskId: string): { key: TaskKey; keyId: string; wrapped: Buffer } {
    const secret = randomBytes(32)
    const keyId = this.#current
    const wrapped = seal(this.#key(keyId), secret, `key|${taskId}`)
    return { key: new TaskKey(taskId, secret), keyId, wrapped }
  }

  /** The same data key wrapped by the current key: what was sealed with it stays as it is. */
  rewrap(taskId: string, keyId: string, wrapped: Buffer): { keyId: string; wrapped: Buffer } {
    const place = `key|${taskId}`
    const secret = open(this.#key(keyId), wrapped, place)
    return { keyId: this.#current, wrapped: seal(this.#key(this.#current), secret, place) }
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

/** The key, the place or the bytes are not those that were sealed. */
class WrongKey extends Error {}

export function isWrongKey(error: unknown): boolean {
  return error instanceof WrongKey
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

  /** A secret of this task that need not be stored to be known again; 256 bits as text for an address. */
  tokenFor(purpose: string): string {
    return createHmac('sha256', this.#secret).update(`token|${this.#taskId}|${purpose}`).digest('base64url')
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
    return parseJson(this.openText(sealed, place))
  }

  /** The same value at the same place under another data key of the task. */
  reseal(to: TaskKey, sealed: Buffer, place: string): Buffer {
    const bound = `${this.#taskId}|${place}`
    return seal(to.#secret, open(this.#secret, sealed, bound), bound)
  }
}

/** The associated data of each kind of sealed value, beside the task id. */
export const placeOf = {
  definition: 'definition',
  input: 'input',
  resolverInput: 'resolver-input',
  result: 'result',
  signal: 'signal',
  cached: 'cached',
  question: (stepNo: number) => `question|${stepNo}`,
  answer: (stepNo: number) => `answer|${stepNo}`,
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
  const plain = decipher.update(sealed.subarray(nonceBytes + tagBytes))
  try {
    return Buffer.concat([plain, decipher.final()])
  } catch (cause) {
    throw new WrongKey(`what is sealed at ${place} does not open with this key`, { cause })
  }
}
