import type { JsonSchema } from '../action.ts'
import { mailSecurities } from './email-send.ts'

const list = (description: string): JsonSchema => ({
  type: 'array',
  items: { type: 'string', minLength: 1 },
  description,
})

/** How a mail server is described, also by channels. */
export const mailServerFields = {
  smtp_hostname: { type: 'string', minLength: 1, description: 'The mail server.' },
  smtp_port: { type: ['string', 'integer'], default: '25', description: 'Its port: 25, 465 or 587.' },
  smtp_username: { type: 'string', description: 'Who we are there. Empty: nobody.' },
  smtp_password: { type: 'string', description: 'The password; it is sent only inside TLS.' },
  smtp_security: {
    type: 'string',
    enum: [...mailSecurities],
    default: 'auto',
    description:
      '`auto` uses TLS from the start on port 465 and otherwise STARTTLS where the server offers it, and always when there is a password; `tls` and `starttls` insist; `none` sends in the clear.',
  },
  smtp_skip_tls_verify: {
    type: ['boolean', 'string'],
    default: 'false',
    description: 'Accept any certificate. Only for tests: anybody on the way can read the mail.',
  },
  smtp_root_ca: { type: 'string', description: 'Certificates (PEM) trusted instead of the system’s.' },
} as const satisfies Record<string, JsonSchema>

const configuration: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['smtp_hostname', 'from_address', 'to', 'subject'],
  properties: {
    ...mailServerFields,
    from_address: { type: 'string', minLength: 3, description: 'The address it comes from.' },
    from_name: { type: 'string', description: 'The name that stands before it.' },
    to: { ...list('Whom it is for: addresses, or `Name <address>`.'), minItems: 1 },
    cc: list('Who gets it too, for all to see.'),
    bcc: list('Who gets it too, unseen.'),
    reply_to: { type: 'string', description: 'Where answers go.' },
    subject: { type: 'string', description: 'What it is about.' },
    body: { type: 'string', description: 'The text; as HTML when it begins with a tag.' },
    html: { type: 'string', description: 'The same as HTML, for those who show it.' },
    timeout: { type: 'string', default: '1m', description: 'How long the server may take.' },
  },
}

const metadata: JsonSchema = {
  type: 'object',
  required: ['message_id', 'accepted', 'rejected', 'response'],
  properties: {
    message_id: { type: 'string', description: 'The same for every try of the step.' },
    accepted: list('Addresses that the server took it for.'),
    rejected: list('Addresses that the server refused while it took others.'),
    response: { type: 'string', description: 'What the server said at the end.' },
  },
}

/** What the email action takes and gives; the descriptions are its manual. */
export const emailSchemas = {
  configuration,
  output: {
    type: 'object',
    required: ['from_address', 'from_name', 'to', 'subject', 'body'],
    properties: {
      from_address: { type: 'string', description: 'The address it came from.' },
      from_name: { type: 'string', description: 'The name before it.' },
      to: list('Whom it was for.'),
      subject: { type: 'string', description: 'What it was about.' },
      body: { type: 'string', description: 'The text.' },
    },
  } as JsonSchema,
  metadata,
}
