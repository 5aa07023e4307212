import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { TestCertificate } from './certificate.ts'

export interface SeenMail {
  readonly from: string
  readonly to: readonly string[]
  /** Headers and body as they came. */
  readonly text: string
  readonly isEncrypted: boolean
  readonly user: string | undefined
}

export interface TestSmtp {
  readonly port: number
  readonly mails: readonly SeenMail[]
  close(): Promise<void>
}

export interface TestSmtpOptions {
  readonly certificate?: TestCertificate
  /** TLS from the first byte; otherwise an upgrade is offered when there is a certificate. */
  readonly secure?: boolean
  readonly users?: Readonly<Record<string, string>>
  /** An answer that is no success, for a recipient or for the mail. */
  readonly refuse?: (recipient: string) => { readonly code: number; readonly text: string } | undefined
}

function refusal({ code, text }: { code: number; text: string }): Error {
  return Object.assign(new Error(text), { responseCode: code })
}

function tlsOf({ certificate, secure }: TestSmtpOptions): SMTPServerOptions {
  if (certificate === undefined) return { disabledCommands: ['STARTTLS'] }
  return { secure, cert: certificate.cert, key: certificate.key }
}

/** A real SMTP server on a free port of loopback that keeps what it gets. */
export async function serveSmtp(options: TestSmtpOptions = {}): Promise<TestSmtp> {
  const mails: SeenMail[] = []
  const { users, refuse } = options
  const server = new SMTPServer({
    ...tlsOf(options),
    authOptional: users === undefined,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, answer) =>
      users?.[username ?? ''] === password
        ? answer(null, { user: username })
        : answer(new Error('wrong password')),
    onRcptTo: ({ address }, _session, answer) => {
      const refused = refuse?.(address)
      answer(refused && refusal(refused))
    },
    onData: (stream, session, answer) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
          isEncrypted: session.secure,
          user: session.user as string | undefined,
        })
        answer(null, 'kept')
      })
    },
  })
  // A client that is stopped hangs up; that is no fault of the server.
  server.on('error', () => {})
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.server.address() as { port: number }
  return { port, mails, close: () => new Promise((done) => server.close(done)) }
}
