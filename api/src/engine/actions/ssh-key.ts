import { createHash, timingSafeEqual } from 'node:crypto'

/** A public key as servers show it: the blob of the SSH protocol, which begins with its own type. */
export interface HostKey {
  /** `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256`, … */
  readonly type: string
  readonly blob: Buffer
}

/** Undefined when the blob is no key. */
export function hostKeyOf(blob: Buffer): HostKey | undefined {
  if (blob.length < 4) return undefined
  const length = blob.readUInt32BE(0)
  const type = blob.subarray(4, 4 + length).toString('latin1')
  return length > 0 && blob.length > 4 + length && /^[a-z0-9@.-]+$/i.test(type) ? { type, blob } : undefined
}

/** As `ssh-keygen -l` prints it: `SHA256:` and base64 without padding. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

export function isSameKey(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/** `ED25519`, `RSA`, `ECDSA`: the words of OpenSSH. */
export function wordOfType(type: string): string {
  return type.replace(/^ssh-|^sk-ssh-|-sha2-.*$|^sk-|@.*$/g, '').toUpperCase()
}

/** The algorithms with which a key of a type can prove itself; RSA keys no longer with SHA-1. */
const algorithmsOfType: Record<string, readonly string[]> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
}

/** All algorithms we take, those of the expected types first: a server with several keys then shows the one we know. */
export function algorithmsFor(types: readonly string[]): string[] {
  const expected = Object.keys(algorithmsOfType).filter((type) => types.includes(type))
  const others = Object.keys(algorithmsOfType).filter((type) => !types.includes(type))
  return [...expected, ...others].flatMap((type) => algorithmsOfType[type] ?? [])
}

/** What a person wrote down of a key: its fingerprint (with the word of its type, as ssh-keygen prints it) or the key itself. */
export interface PinnedKey {
  readonly fingerprint: string
  readonly types: readonly string[]
}

/** `SHA256:…`, `256 SHA256:… host (ED25519)` or `ssh-ed25519 AAAA…`; undefined for anything else. */
export function pinnedKeyOf(text: string): PinnedKey | undefined {
  const fingerprint = /(?:^|\s)(SHA256:[A-Za-z0-9+/]{43})=?(?:\s|$)/.exec(text)?.[1]
  if (fingerprint !== undefined) {
    const word = /\(?\b(ED25519|RSA|ECDSA)\b\)?/.exec(text)?.[1]
    const types = Object.keys(algorithmsOfType).filter((type) => wordOfType(type) === word)
    return { fingerprint, types }
  }
  const [, type, base64] =
    /(?:^|\s)((?:ssh|ecdsa)-[a-z0-9-]+)\s+(AAAA[A-Za-z0-9+/]+=*)(?:\s|$)/.exec(text) ?? []
  const key = base64 === undefined ? undefined : hostKeyOf(Buffer.from(base64, 'base64'))
  return key === undefined || key.type !== type
    ? undefined
    : { fingerprint: fingerprintOf(key.blob), types: [key.type] }
}
