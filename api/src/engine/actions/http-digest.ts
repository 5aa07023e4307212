import { createHash, randomBytes } from 'node:crypto'

export interface DigestCredentials {
  readonly user: string
  readonly password: string
}

interface DigestRequest {
  readonly method: string
  /** Path and query as they are sent. */
  readonly target: string
  readonly body: string
}

type Challenge = Readonly<Record<string, string>>

const hashNames: Record<string, string> = { MD5: 'md5', 'SHA-256': 'sha256' }

/** The parameters of a `Digest` challenge; undefined for other schemes. */
function parseChallenge(header: string): Challenge | undefined {
  const start = /(?:^|,)\s*digest\s+/i.exec(header)
  if (start === null) return undefined
  const parameters: Record<string, string> = {}
  const pattern = /\s*([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))\s*(?:,|$)/iy
  pattern.lastIndex = start.index + start[0].length
  for (let match = pattern.exec(header); match !== null; match = pattern.exec(header)) {
    parameters[(match[1] as string).toLowerCase()] = match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? ''
  }
  return parameters.nonce === undefined ? undefined : parameters
}

/** SHA-256 where it is offered; an unknown algorithm cannot be answered. */
function chooseChallenge(headers: readonly string[]): Challenge | undefined {
  const known = headers
    .map(parseChallenge)
    .filter((challenge) => challenge !== undefined)
    .filter(({ algorithm = 'MD5' }) => hashNames[algorithm.toUpperCase().replace(/-SESS$/, '')] !== undefined)
  return known.find(({ algorithm = '' }) => algorithm.toUpperCase().startsWith('SHA-256')) ?? known[0]
}

const quoted = (text: string) => `"${text.replace(/(["\\])/g, '\\$1')}"`

/**
 * The `authorization` header that answers a server's digest challenge (RFC 7616: MD5 and SHA-256, also -sess; auth and
 * auth-int). Undefined when none of the `www-authenticate` headers is one that can be answered.
 */
export function answerDigest(
  headers: readonly string[],
  { user, password }: DigestCredentials,
  request: DigestRequest,
  cnonce: string = randomBytes(16).toString('hex'),
): string | undefined {
  const challenge = chooseChallenge(headers)
  if (challenge === undefined) return undefined
  const { realm = '', nonce = '', opaque, algorithm = 'MD5' } = challenge
  const hashName = hashNames[algorithm.toUpperCase().replace(/-SESS$/, '')] as string
  const hash = (...parts: string[]) => createHash(hashName).update(parts.join(':')).digest('hex')
  const offered = (challenge.qop ?? '').split(',').map((each) => each.trim())
  const qop = offered.includes('auth') ? 'auth' : offered.includes('auth-int') ? 'auth-int' : undefined
  const plain = hash(user, realm, password)
  const secret = /-sess$/i.test(algorithm) ? hash(plain, nonce, cnonce) : plain
  const { method, target, body } = request
  const asked = qop === 'auth-int' ? hash(method, target, hash(body)) : hash(method, target)
  const nc = '00000001'
  const response =
    qop === undefined ? hash(secret, nonce, asked) : hash(secret, nonce, nc, cnonce, qop, asked)
  const fields = [
    `username=${quoted(user)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(target)}`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ...(qop === undefined ? [] : [`qop=${qop}`, `nc=${nc}`, `cnonce="${cnonce}"`]),
  ]
  return `Digest ${fields.join(', ')}`
}
