import { createCipheriv, createDecipheriv, createHash, randomBytes, randomInt, randomUUID } from 'node:crypto'
import { sprigHash } from '@promptctl/go-template-js'
import { ValueFault } from '../fault.ts'
import { type FunctionEntry, type Run, takes } from '../run.ts'
import { adapted } from './adapted.ts'
import { countOf, textOf } from './arguments.ts'

const collection = sprigHash()

export const encodingFunctions: Record<string, FunctionEntry> = {
  b64enc: takes(1, 1, ([text]) => Buffer.from(textOf(text, 'b64enc')).toString('base64')),
  b64dec: takes(1, 1, ([text]) => decoded(textOf(text, 'b64dec'), true)),
  b64RawEnc: takes(1, 1, ([text]) =>
    Buffer.from(textOf(text, 'b64RawEnc')).toString('base64').replace(/=+$/, ''),
  ),
  b64RawDec: takes(1, 1, ([text]) => decoded(textOf(text, 'b64RawDec'), false)),
  b32enc: adapted('b32enc', collection),
  b32dec: adapted('b32dec', collection),
  adler32sum: adapted('adler32sum', collection),
  sha1sum: takes(1, 1, ([text]) => hash('sha1', textOf(text, 'sha1sum'))),
  sha256sum: takes(1, 1, ([text]) => hash('sha256', textOf(text, 'sha256sum'))),
  sha512sum: takes(1, 1, ([text]) => hash('sha512', textOf(text, 'sha512sum'))),
  encryptAES: takes(2, 2, ([password, text]) =>
    encrypt(textOf(password, 'encryptAES'), textOf(text, 'encryptAES')),
  ),
  decryptAES: takes(2, 2, ([password, text]) =>
    decrypt(textOf(password, 'decryptAES'), textOf(text, 'decryptAES')),
  ),
  randBytes: takes(1, 1, ([count], run) => randomBytes(size(count, run)).toString('base64')),
  uuid: takes(0, 0, () => randomUUID()),
  uuidv4: takes(0, 0, () => randomUUID()),
  randAlphaNum: takes(1, 1, ([count], run) => chosen(letters + digits, size(count, run))),
  randAlpha: takes(1, 1, ([count], run) => chosen(letters, size(count, run))),
  randNumeric: takes(1, 1, ([count], run) => chosen(digits, size(count, run))),
  randAscii: takes(1, 1, ([count], run) => chosen(printable, size(count, run))),
  randInt: takes(2, 2, ([min, max]) => {
    const [least, end] = [countOf(min, 'randInt'), countOf(max, 'randInt')]
    if (end <= least || end - least > 2 ** 48) throw new ValueFault('randInt needs a larger second number')
    return BigInt(least + randomInt(end - least))
  }),
  shuffle: takes(1, 1, ([text]) => {
    const characters = [...textOf(text, 'shuffle')]
    for (let i = characters.length - 1; i > 0; i--) {
      const j = randomInt(i + 1)
      const moved = characters[i] as string
      characters[i] = characters[j] as string
      characters[j] = moved
    }
    return characters.join('')
  }),
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const digits = '0123456789'
const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('')

function size(count: unknown, run: Run): number {
  const wanted = Math.max(0, countOf(count, 'a random text'))
  run.budget.count(wanted)
  return wanted
}

function chosen(from: string, count: number): string {
  let out = ''
  for (let i = 0; i < count; i++) out += from[randomInt(from.length)]
  return out
}

function hash(algorithm: string, text: string): string {
  return createHash(algorithm).update(text).digest('hex')
}

/** sprig answers the error as the text where it cannot decode; so do we, a template may look for it. */
function decoded(text: string, isPadded: boolean): string {
  const bad = text.search(isPadded ? /[^A-Za-z0-9+/=\r\n]/ : /[^A-Za-z0-9+/\r\n]/)
  if (bad >= 0) return `illegal base64 data at input byte ${bad}`
  const bare = text.replace(/[\r\n]/g, '')
  const isWhole = isPadded ? bare.length % 4 === 0 : bare.length % 4 !== 1
  return isWhole ? Buffer.from(bare, 'base64').toString() : `illegal base64 data at input byte ${text.length}`
}

/** sprig's form: AES-256-CBC, the password cut or filled with zero bytes to 32, the initial vector in front, base64. */
function encrypt(password: string, text: string): string {
  const vector = randomBytes(16)
  const cipher = createCipheriv('aes-256-cbc', keyOf(password), vector)
  return Buffer.concat([vector, cipher.update(text), cipher.final()]).toString('base64')
}

function decrypt(password: string, text: string): string {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length < 32 || bytes.length % 16 !== 0)
    throw new ValueFault('this is not a text that encryptAES made')
  try {
    const decipher = createDecipheriv('aes-256-cbc', keyOf(password), bytes.subarray(0, 16))
    return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString()
  } catch (error) {
    throw new ValueFault('this text cannot be decrypted with this password', { cause: error })
  }
}

function keyOf(password: string): Buffer {
  const key = Buffer.alloc(32)
  Buffer.from(password).copy(key)
  return key
}
