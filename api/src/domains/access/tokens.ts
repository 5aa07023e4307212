import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/**
 * Secrets that we hand out are 256 random bits and are stored only as SHA-256: with so much chance in them a slow hash
 * would protect nothing, and a stolen table opens no door.
 */

/** For sessions and sign-in codes: 43 characters of base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const prefix = 'stint_'
const bodyLength = 43
const checksumLength = 6

function base62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest /= 62n) text = digits[Number(rest % 62n)] + text
  return text
}

function checksumOf(body: string): string {
  return base62(BigInt(crc32(prefix + body)), checksumLength)
}

/**
 * `stint_`, 43 digits of base 62, 6 digits of checksum. The prefix lets secret scanners find a leaked one, the checksum
 * tells a mistyped one from a wrong one without a look into the database.
 */
export function newApiToken(): string {
  const body = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), bodyLength)
  return prefix + body + checksumOf(body)
}

const pattern = new RegExp(`^${prefix}([0-9A-Za-z]{${bodyLength}})([0-9A-Za-z]{${checksumLength}})$`)

/** Could we have made this token? A typo, a cut end or any other text is false. */
export function isApiToken(text: string): boolean {
  const parts = pattern.exec(text)
  return parts !== null && checksumOf(parts[1] as string) === parts[2]
}
