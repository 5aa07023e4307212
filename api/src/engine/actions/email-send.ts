import { createTransport } from 'nodemailer'
import type { Outbound } from '../../base/outbound.ts'
import { OutboundError } from '../../base/outbound-connect.ts'
import { Problem } from '../../base/problem.ts'
import { ActionError } from '../action.ts'

/**
 * `auto`: TLS from the start on port 465, otherwise an upgrade where the server offers one; a password is never sent without.
 * `tls` from the start, `starttls` an upgrade or nothing, `none` in the clear.
 */
export const mailSecurities = ['auto', 'tls', 'starttls', 'none'] as const
export type MailSecurity = (typeof mailSecurities)[number]

export interface MailServer {
  readonly host: string
  readonly port: number
  readonly security: MailSecurity
  readonly user: string | undefined
  readonly password: string | undefined
  /** PEM; trusted instead of the system's authorities. */
  readonly rootCa: string | undefined
  readonly insecure: boolean
}

export interface Mail {
  readonly from: { readonly name: string; readonly address: string }
  readonly to: readonly string[]
  readonly cc?: readonly string[]
  readonly bcc?: readonly string[]
  readonly replyTo?: string
  readonly subject: string
  readonly text?: string
  readonly html?: string
  /** The same for every try, so that a mail that arrives twice is seen to be one. */
  readonly messageId: string
}

export interface MailReceipt {
  readonly messageId: string
  readonly accepted: readonly string[]
  readonly rejected: readonly string[]
  /** What the server said at the end. */
  readonly response: string
}

interface Patience {
  readonly signal: AbortSignal
  readonly timeoutMs: number
}

const connectMs = 10_000

function optionsOf(
  { host, port, security, user, password, rootCa, insecure }: MailServer,
  timeoutMs: number,
) {
  const isAuto = security === 'auto'
  return {
    host,
    port,
    secure: security === 'tls' || (isAuto && port === 465),
    requireTLS: security === 'starttls' || (isAuto && user !== undefined),
    ignoreTLS: security === 'none',
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    tls: { rejectUnauthorized: !insecure, ...(rootCa === undefined ? {} : { ca: rootCa }) },
    greetingTimeout: Math.min(timeoutMs, 30_000),
    socketTimeout: timeoutMs,
    // Whatever stands in a message is text, never a file or an address to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

const addresses = (list: readonly unknown[] | undefined) =>
  (list ?? []).map((each) =>
    typeof each === 'string' ? each : ((each as { address?: string }).address ?? ''),
  )

/** What the server refused for good stays refused; everything else may pass. */
function failureOf(
  error: unknown,
  { host, port }: MailServer,
  { signal, timeoutMs }: Patience,
  isLate: boolean,
) {
  const at = `${host}:${port}`
  if (signal.aborted)
    return new ActionError('server', `Sending by ${at} was stopped: ${String(signal.reason)}`)
  if (isLate)
    return new ActionError('server', `${at} did not take the mail within ${timeoutMs} ms.`, { cause: error })
  if (error instanceof Problem) return new ActionError('client', error.message, { cause: error })
  if (error instanceof OutboundError) return new ActionError('server', error.message, { cause: error })
  const { code, responseCode = 0, message } = error as Error & { code?: string; responseCode?: number }
  const isFinal = code === 'EAUTH' || (responseCode >= 500 && responseCode <= 599)
  return new ActionError(isFinal ? 'client' : 'server', `${at} did not take the mail: ${message}`, {
    cause: error,
  })
}

/**
 * Hands one mail to a server, over a vetted connection. Resolves when the server has taken it for at least one recipient.
 * Throws `ActionError`: client when the server refuses it for good or may not be reached, server when a later try may work.
 */
export async function sendMail(
  outbound: Outbound,
  server: MailServer,
  mail: Mail,
  patience: Patience,
): Promise<MailReceipt> {
  const { signal, timeoutMs } = patience
  const late = AbortSignal.timeout(timeoutMs)
  const stop = AbortSignal.any([signal, late])
  let socket: Awaited<ReturnType<Outbound['connect']>> | undefined
  const abort = () => socket?.destroy(new Error('stopped'))
  stop.addEventListener('abort', abort, { once: true })
  try {
    const { host, port } = server
    socket = await outbound.connect({ protocol: 'smtp', host, port, timeoutMs: connectMs, signal: stop })
    const transport = createTransport({ ...optionsOf(server, timeoutMs), connection: socket })
    const sent = await transport.sendMail({
      ...mail,
      to: [...mail.to],
      cc: [...(mail.cc ?? [])],
      bcc: [...(mail.bcc ?? [])],
    })
    return {
      messageId: sent.messageId,
      accepted: addresses(sent.accepted),
      rejected: addresses(sent.rejected),
      response: sent.response,
    }
  } catch (error) {
    throw failureOf(error, server, patience, late.aborted)
  } finally {
    stop.removeEventListener('abort', abort)
    socket?.destroy()
  }
}
