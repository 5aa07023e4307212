import type { App } from '../../base/app.ts'
import type { Outbound, OutboundRequest } from '../../base/outbound.ts'
import { OutboundError } from '../../base/outbound-connect.ts'
import { Problem } from '../../base/problem.ts'
import { type Action, type ActionContext, ActionError, type ActionResult } from '../../engine/action.ts'
import { mailServerOf } from '../../engine/actions/email.ts'
import { sendMail } from '../../engine/actions/email-send.ts'
import type { KeyRing } from '../../engine/seal.ts'
import type { ChannelConfiguration, EmailConfiguration } from './configuration.ts'
import { deliverAction } from './delivery-task.ts'
import { deliveryTags, type Notification } from './model.ts'
import { openConfiguration } from './seal.ts'
import { slackRequest, webhookRequest } from './send-webhook.ts'
import { findChannel } from './store.ts'

/** What delivering needs from the process it runs in. */
export interface DeliverOptions {
  readonly app: App
  readonly keys: KeyRing
  readonly outbound: Outbound
}

interface Delivery {
  readonly channel: string
  readonly notification: Notification
}

const timeoutMs = 15_000
/** Refusals that pass: too early, too late, too many. */
const passing = new Set([408, 425, 429])

function resultOf(status: number): ActionResult {
  const tags = { [deliveryTags.status]: String(status) }
  if (status >= 200 && status <= 299) return { output: { status }, tags }
  const isFinal = status >= 400 && status <= 499 && !passing.has(status)
  throw new ActionError(isFinal ? 'client' : 'server', `The channel answered ${status}.`, {
    output: { status },
    tags,
  })
}

async function post(
  { outbound }: DeliverOptions,
  request: Pick<OutboundRequest, 'url' | 'method' | 'headers' | 'body'>,
  { signal }: ActionContext,
): Promise<ActionResult> {
  try {
    const { status } = await outbound.request({ ...request, timeoutMs, maxResponseBytes: 1_048_576, signal })
    return resultOf(status)
  } catch (error) {
    if (error instanceof Problem) throw new ActionError('client', error.message, { cause: error })
    if (error instanceof OutboundError) throw new ActionError('server', error.message, { cause: error })
    throw error
  }
}

/** A line for each field that says something to a person. */
function letterOf({ message, notification_type: _, url, ...fields }: Notification): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
  return [message, '', ...(url === undefined ? [] : [url, '']), ...lines, ''].join('\n')
}

async function mail(
  { outbound }: DeliverOptions,
  configuration: EmailConfiguration,
  notification: Notification,
  { signal, task }: ActionContext,
): Promise<ActionResult> {
  const { from_address: address, from_name: name = 'Stint', to } = configuration
  const [sentence = '', title] = notification.message.split('\n')
  const receipt = await sendMail(
    outbound,
    mailServerOf(configuration),
    {
      from: { name, address },
      to,
      subject: title === undefined ? sentence : `${sentence}: ${title}`.slice(0, 200),
      text: letterOf(notification),
      messageId: `<${task.id}@stint>`,
    },
    { signal, timeoutMs },
  )
  return { output: { response: receipt.response } }
}

function send(
  options: DeliverOptions,
  { kind, fields }: ChannelConfiguration,
  notification: Notification,
  context: ActionContext,
): Promise<ActionResult> {
  // The task is the delivery: its id stays the same with every try, also when a person asks for one.
  const envelope = { deliveryId: context.task.id, at: options.app.clock.now() }
  if (kind === 'email') return mail(options, fields, notification, context)
  const request =
    kind === 'slack'
      ? slackRequest(fields, notification, envelope)
      : webhookRequest(fields, notification, envelope)
  return post(options, request, context)
}

/** Delivers one notification; the channel is read for each try, so that a correction counts for what waits. */
export function deliverActionOf(options: DeliverOptions): Action<Record<string, unknown>> {
  return {
    type: deliverAction,
    description: 'Delivers a notification to a channel.',
    configuration: { type: 'object' },
    // At least once, with the same id.
    idempotent: true,
    run: async (configuration, context) => {
      const { channel, notification } = configuration as unknown as Delivery
      const row = await findChannel(options.app.sql, channel)
      if (row === undefined) throw new ActionError('client', `There is no channel ${channel} any more.`)
      if (!row.enabled) throw new ActionError('client', `The channel ${channel} is switched off.`)
      return send(options, openConfiguration(options.keys, row), notification, context)
    },
  }
}
