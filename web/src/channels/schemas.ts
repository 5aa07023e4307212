import type { JsonSchema } from '../kit/schema/fields.ts'
import type { ChannelKind } from './words.ts'

const strategies: JsonSchema = {
  type: 'object',
  title: 'By kind of news',
  description: 'Which news is told otherwise than above: {"task_input": "always"}.',
}
const byTemplate: JsonSchema = {
  type: 'object',
  title: 'By template',
  description: '{"task_state_update": [{"templates": ["backup"], "notification_strategy": "silent"}]}.',
}

/** What a channel of each kind needs to know; the server checks the same, and more. */
export const channelSchemas: Record<ChannelKind, JsonSchema> = {
  WEBHOOK: {
    type: 'object',
    required: ['url'],
    properties: {
      url: {
        type: 'string',
        title: 'Address',
        description: 'Behind the host it may hold handles, as {{.task_id}}.',
        examples: ['https://hooks.example.org/stint'],
      },
      secret: {
        type: 'string',
        title: 'Secret',
        writeOnly: true,
        minLength: 8,
        description: 'Signs each request, so that the receiver knows who calls.',
      },
      username: { type: 'string', title: 'User name' },
      password: { type: 'string', title: 'Password', writeOnly: true },
      headers: {
        type: 'object',
        title: 'Headers',
        description: 'Names with their values; values are secret.',
      },
      body_template: {
        type: 'string',
        title: 'Body',
        format: 'multiline',
        description: 'A template of the body; everything as JSON when it is empty.',
      },
      strategies,
      template_notification_strategies: byTemplate,
    },
  },
  SLACK: {
    type: 'object',
    required: ['url'],
    properties: {
      url: {
        type: 'string',
        title: 'Incoming webhook',
        writeOnly: true,
        description: 'Whoever knows this address can write: it is kept secret.',
      },
      strategies,
      template_notification_strategies: byTemplate,
    },
  },
  EMAIL: {
    type: 'object',
    required: ['smtp_hostname', 'from_address', 'to'],
    properties: {
      smtp_hostname: { type: 'string', title: 'Mail server' },
      smtp_port: { type: 'integer', title: 'Port', minimum: 1, maximum: 65_535 },
      smtp_security: {
        type: 'string',
        title: 'Encryption',
        enum: ['auto', 'tls', 'starttls', 'none'],
        default: 'auto',
      },
      smtp_username: { type: 'string', title: 'User name' },
      smtp_password: { type: 'string', title: 'Password', writeOnly: true },
      from_address: { type: 'string', title: 'From', format: 'email' },
      from_name: { type: 'string', title: 'Name of the sender' },
      to: { type: 'array', title: 'To', minItems: 1, items: { type: 'string', format: 'email' } },
      smtp_skip_tls_verify: { type: 'boolean', title: 'Accept any certificate' },
      smtp_root_ca: {
        type: 'string',
        title: 'Certificates trusted instead',
        format: 'multiline',
        description: 'In PEM.',
      },
      strategies,
      template_notification_strategies: byTemplate,
    },
  },
}
