import type { Outbound } from '../../base/outbound.ts'
import type { Action, ActionContext, ActionResult } from '../action.ts'
import {
  type Configuration,
  complaintOf,
  flagOf,
  literalsOf,
  notOneOf,
  textOf,
  textsOf,
  timeoutOf,
  wrong,
} from './configuration.ts'
import { emailSchemas } from './email-schema.ts'
import { type Mail, type MailSecurity, type MailServer, mailSecurities, sendMail } from './email-send.ts'

/** What the email action needs from the process it runs in. */
export interface EmailActionOptions {
  readonly outbound: Outbound
}

function demanded(configuration: Configuration, name: string): string {
  const text = textOf(configuration, name)
  if (text === undefined) throw wrong(`${name} must be given.`)
  return text
}

function portOf(configuration: Configuration): number {
  const port = Number(textOf(configuration, 'smtp_port') ?? 25)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw wrong(`smtp_port must be a port, not ${JSON.stringify(configuration.smtp_port)}.`)
}

function securityOf(configuration: Configuration): MailSecurity {
  const text = textOf(configuration, 'smtp_security') ?? 'auto'
  const security = mailSecurities.find((each) => each === text)
  if (security === undefined) throw wrong(notOneOf('smtp_security', mailSecurities, text))
  return security
}

/** The mail server that a configuration of an action or a channel describes. Throws what the readers throw. */
export function mailServerOf(configuration: Configuration): MailServer {
  return {
    host: demanded(configuration, 'smtp_hostname'),
    port: portOf(configuration),
    security: securityOf(configuration),
    user: textOf(configuration, 'smtp_username'),
    password: textOf(configuration, 'smtp_password'),
    rootCa: textOf(configuration, 'smtp_root_ca'),
    insecure: flagOf(configuration, 'smtp_skip_tls_verify'),
  }
}

/** A header is one line, whatever an input brought along. */
const oneLine = (text: string) => text.replace(/[\r\n]+/g, ' ')

function recipientsOf(configuration: Configuration, name: string): string[] {
  return textsOf(configuration, name)
    .map((text) => oneLine(text).trim())
    .filter((text) => text !== '')
}

/** Without the words of an input a template has one field for both; µTask's templates put HTML there. */
function contentOf(configuration: Configuration): Pick<Mail, 'text' | 'html'> {
  const body = textOf(configuration, 'body')
  const html = textOf(configuration, 'html')
  if (html === undefined && body !== undefined && /^\s*<(!doctype|html|[a-z][a-z0-9]*[\s>])/i.test(body))
    return { html: body }
  if (body === undefined && html === undefined) throw wrong('body must be given.')
  return { ...(body === undefined ? {} : { text: body }), ...(html === undefined ? {} : { html }) }
}

function mailOf(configuration: Configuration, messageId: string): Mail {
  const to = recipientsOf(configuration, 'to')
  if (to.length === 0) throw wrong('to must name at least one address.')
  const replyTo = textOf(configuration, 'reply_to')
  return {
    from: {
      name: oneLine(textOf(configuration, 'from_name') ?? ''),
      address: oneLine(demanded(configuration, 'from_address')),
    },
    to,
    cc: recipientsOf(configuration, 'cc'),
    bcc: recipientsOf(configuration, 'bcc'),
    ...(replyTo === undefined ? {} : { replyTo: oneLine(replyTo) }),
    subject: oneLine(demanded(configuration, 'subject')),
    ...contentOf(configuration),
    messageId,
  }
}

async function run(
  { outbound }: EmailActionOptions,
  configuration: Configuration,
  context: ActionContext,
): Promise<ActionResult> {
  const server = mailServerOf(configuration)
  const mail = mailOf(configuration, `<${context.attempt.key.replaceAll('/', '.')}@stint>`)
  const timeoutMs = timeoutOf(configuration, 'timeout', 60_000)
  const receipt = await sendMail(outbound, server, mail, { signal: context.signal, timeoutMs })
  const { messageId, accepted, rejected, response } = receipt
  context.log(`${server.host}:${server.port} took it for ${accepted.join(', ')}: ${response}\n`)
  if (rejected.length > 0) context.log(`Warning: not for ${rejected.join(', ')}, which it refused.\n`)
  return {
    output: {
      from_address: mail.from.address,
      from_name: mail.from.name,
      to: mail.to,
      subject: mail.subject,
      body: mail.text ?? mail.html ?? '',
    },
    metadata: { message_id: messageId, accepted, rejected, response },
  }
}

function check(configuration: Configuration): string[] {
  const literals = literalsOf(configuration)
  const complaints = [
    complaintOf(() => portOf(literals)),
    complaintOf(() => securityOf(literals)),
    complaintOf(() => flagOf(literals, 'smtp_skip_tls_verify')),
    complaintOf(() => timeoutOf(literals, 'timeout', 1)),
    configuration.body === undefined && configuration.html === undefined ? 'body must be given.' : undefined,
  ]
  return complaints.filter((complaint) => complaint !== undefined)
}

/** Sends a mail over SMTP, through the vetted way out. */
export function emailAction(options: EmailActionOptions): Action<Configuration> {
  return {
    type: 'email',
    description:
      'Sends a mail. It is done when the mail server has taken it for at least one recipient; what the server refuses for good is a client error, everything else a server error, which is tried again.',
    ...emailSchemas,
    example: {
      smtp_hostname: 'mail.example.org',
      smtp_port: 587,
      smtp_username: 'stint',
      smtp_password: '{{.config.mail_password}}',
      from_address: 'stint@example.org',
      to: ['{{.input.mail}}'],
      subject: 'Your account {{.input.login}}',
      body: 'Hello, your account is ready.',
    },
    idempotent: false,
    resources: ({ smtp_hostname }) => ['socket', `url:${String(smtp_hostname)}`],
    check,
    run: (configuration, context) => run(options, configuration, context),
  }
}
