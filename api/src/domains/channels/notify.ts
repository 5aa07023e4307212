import { type Action, type ActionContext, ActionError, type ActionResult } from '../../engine/action.ts'
import { type Configuration, textMapOf, textOf, textsOf, wrong } from '../../engine/actions/configuration.ts'
import type { NewTask } from '../../engine/start.ts'
import type { KnownChannel } from './book.ts'
import { deliveryTask } from './delivery-task.ts'
import { channelNameOf, type Notification } from './model.ts'

/** What the notify action needs from the process it runs in. */
export interface NotifyOptions {
  /** Those that are switched on. */
  channels(): readonly KnownChannel[]
  /** The engine's: durable when it resolves, and the same task for the same idempotency key. */
  createTask(request: NewTask): Promise<{ readonly id: string }>
}

/** Named ones whatever their strategy; otherwise all that are not silent. */
function addressees(configuration: Configuration, channels: readonly KnownChannel[]): string[] {
  // As an import names the channels of µTask's backends.
  const wanted = textsOf(configuration, 'backends')
    .filter((name) => name !== '')
    .map(channelNameOf)
  if (wanted.length === 0)
    return channels.filter(({ strategy }) => strategy !== 'silent').map(({ name }) => name)
  const unknown = wanted.filter((name) => !channels.some((channel) => channel.name === name))
  if (unknown.length === 0) return [...new Set(wanted)]
  const known = channels.map(({ name }) => name).join(', ') || 'none'
  throw new ActionError(
    'client',
    `There is no channel ${unknown.join(', ')}, or it is switched off; there are: ${known}.`,
  )
}

async function run(
  { channels, createTask }: NotifyOptions,
  configuration: Configuration,
  { task, step, attempt, log }: ActionContext,
): Promise<ActionResult> {
  const message = textOf(configuration, 'message')
  if (message === undefined) throw wrong('message must be given.')
  const notification: Notification = {
    ...Object.fromEntries(textMapOf(configuration, 'fields')),
    message,
    notification_type: 'message',
    task_id: task.id,
    title: task.title,
    template: task.label,
    requester: task.owner,
    step_name: step.name,
  }
  const deliveries: { id: string; channel: string }[] = []
  for (const channel of addressees(configuration, channels())) {
    // The key of the group of tries: a step that is run again after its executor died tells nobody twice.
    const key = `${attempt.key}/${channel}`
    const { id } = await createTask(deliveryTask(channel, notification, task.id, key))
    deliveries.push({ id, channel })
    log(`${channel}: delivery ${id}\n`)
  }
  if (deliveries.length === 0) log('There is no channel that could be told.\n')
  return { output: { deliveries } }
}

/** Tells channels something; the deliveries go on by themselves. */
export function notifyAction(options: NotifyOptions): Action<Configuration> {
  return {
    type: 'notify',
    description:
      'Tells channels a message. The step is done when the deliveries are on record; they go on by themselves, and what becomes of them stands in the log of deliveries.',
    configuration: {
      type: 'object',
      additionalProperties: false,
      required: ['message'],
      properties: {
        message: { type: 'string', minLength: 1, description: 'What is told.' },
        fields: {
          type: 'object',
          additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
          description: 'More that is told, by name; webhooks get them as keys.',
        },
        backends: {
          type: 'array',
          items: { type: 'string' },
          description: 'Names of channels. Empty or absent: all that are on and not silent.',
        },
      },
    },
    output: {
      type: 'object',
      required: ['deliveries'],
      properties: {
        deliveries: {
          type: 'array',
          description: 'What is on its way.',
          items: {
            type: 'object',
            properties: {
              id: { type: 'string', description: 'Of the delivery.' },
              channel: { type: 'string', description: 'The channel.' },
            },
          },
        },
      },
    },
    example: {
      message: 'Web was deployed to {{.input.region}}',
      fields: { version: '{{.input.version}}' },
      backends: ['ops'],
    },
    idempotent: true,
    run: (configuration, context) => run(options, configuration, context),
  }
}
