import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** PEM texts for TLS servers and clients of tests; Node cannot make certificates and not every machine has openssl. */
export interface TestCertificate {
  readonly cert: string
  readonly key: string
}

export interface TestAuthority extends TestCertificate {
  /** A certificate signed by this authority; `names` are host names or IPv4 addresses. */
  issue(commonName: string, names?: readonly string[]): TestCertificate
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  if (content.length < 128) return Buffer.concat([Buffer.from([tag, content.length]), content])
  const length = Buffer.from(content.length.toString(16).padStart(4, '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x82]), length, content])
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts)
const hexOid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
const ecdsaSha256 = sequence(hexOid('2a8648ce3d040302'))

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(hexOid('550403'), der(0x0c, Buffer.from(commonName)))))
}

function alternativeNames(names: readonly string[]): Buffer {
  const entries = names.map((name) =>
    /^[\d.]+$/.test(name)
      ? der(0x87, Buffer.from(name.split('.').map(Number)))
      : der(0x82, Buffer.from(name)),
  )
  return sequence(hexOid('551d11'), der(0x04, sequence(...entries)))
}

/** The extension that says whether the holder may sign others. */
function basicConstraints(isAuthority: boolean): Buffer {
  const flag = isAuthority ? [der(0x01, Buffer.from([0xff]))] : []
  return sequence(hexOid('551d13'), der(0x01, Buffer.from([0xff])), der(0x04, sequence(...flag)))
}

const pem = (label: string, bytes: Buffer) =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`

interface Subject {
  readonly commonName: string
  readonly names: readonly string[]
  readonly isAuthority: boolean
}

function signed(subject: Subject, publicKey: KeyObject, issuerName: string, issuerKey: KeyObject): string {
  const extensions = [basicConstraints(subject.isAuthority)]
  if (subject.names.length > 0) extensions.push(alternativeNames(subject.names))
  const validity = sequence(...['200101000000Z', '491231235959Z'].map((at) => der(0x17, Buffer.from(at))))
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaSha256,
    nameOf(issuerName),
    validity,
    nameOf(subject.commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', body, issuerKey)
  return pem('CERTIFICATE', sequence(body, ecdsaSha256, der(0x03, Buffer.from([0]), signature)))
}

const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const keyPem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString()

/** A new authority that nobody trusts unless told to. */
export function testAuthority(commonName = 'Stint tests'): TestAuthority {
  const own = keyPair()
  const subject = { commonName, names: [], isAuthority: true }
  return {
    cert: signed(subject, own.publicKey, commonName, own.privateKey),
    key: keyPem(own.privateKey),
    issue: (name, names = []) => {
      const pair = keyPair()
      const holder = { commonName: name, names, isAuthority: false }
      return {
        cert: signed(holder, pair.publicKey, commonName, own.privateKey),
        key: keyPem(pair.privateKey),
      }
    },
  }
}
