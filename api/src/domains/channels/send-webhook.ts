import { createHmac } from 'node:crypto'
import type { OutboundRequest } from '../../base/outbound.ts'
import { ActionError } from '../../engine/action.ts'
import { ValueError } from '../../engine/values/fault.ts'
import { renderText } from '../../engine/values/template.ts'
import type { SlackConfiguration, WebhookConfiguration } from './configuration.ts'
import type { Notification } from './model.ts'

/** What a request says besides its body: the same id with every try, so that whoever gets it twice sees that it is one. */
export interface Envelope {
  readonly deliveryId: string
  readonly at: Date
}

type Request = Pick<OutboundRequest, 'url' | 'method' | 'headers' | 'body'>

/** `whsec_` and base64 are the bytes of the key, as the Standard Webhooks say; any other text is its own bytes. */
function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret)
}

/**
 * The headers of the Standard Webhooks: HMAC-SHA256 over id, time and body, so that neither can be exchanged and an old request
 * cannot be sent again later.
 */
export function signatureHeaders(
  secret: string | undefined,
  { deliveryId, at }: Envelope,
  body: string,
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const headers = { 'webhook-id': deliveryId, 'webhook-timestamp': timestamp }
  if (secret === undefined) return headers
  const signature = createHmac('sha256', keyOf(secret))
    .update(`${deliveryId}.${timestamp}.${body}`)
    .digest('base64')
  return { ...headers, 'webhook-signature': `v1,${signature}` }
}

function rendered(name: 'url' | 'body_template', template: string, notification: Notification): string {
  try {
    return renderText(template, notification)
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    throw new ActionError('client', `${name} cannot be rendered: ${error.message}`, { cause: error })
  }
}

/** The host stands before all handles, so no notification leads elsewhere. */
function urlOf(template: string, notification: Notification): string {
  return template.includes('{{') ? rendered('url', template, notification) : template
}

export function webhookRequest(
  { url, secret, headers = {}, username, password, body_template }: WebhookConfiguration,
  notification: Notification,
  envelope: Envelope,
): Request {
  const body =
    body_template === undefined
      ? JSON.stringify(notification)
      : rendered('body_template', body_template, notification)
  const basic =
    username === undefined ? undefined : Buffer.from(`${username}:${password ?? ''}`).toString('base64')
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return {
    url: urlOf(url, notification),
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'stint',
      ...(basic === undefined ? {} : { authorization: `Basic ${basic}` }),
      ...Object.fromEntries(own),
      ...signatureHeaders(secret, envelope, body),
    },
  }
}

/** The three characters that Slack reads as its own. */
const plain = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const shownFields = ['template', 'requester', 'steps', 'step_name', 'step_state', 'task_reason'] as const

/** The incoming webhook of Slack and of those who speak like it: a text for those who show no blocks, and blocks. */
export function slackRequest(
  { url }: SlackConfiguration,
  notification: Notification,
  { deliveryId }: Envelope,
): Request {
  const { message, url: link, error } = notification
  const [sentence = '', ...rest] = message.split('\n')
  const fields = shownFields.flatMap((name) => {
    const value = notification[name]
    return value === undefined ? [] : [{ type: 'mrkdwn', text: `*${name}*: ${plain(value)}` }]
  })
  const linked = link === undefined ? plain(sentence) : `<${link}|${plain(sentence)}>`
  const blocks = [
    {
      type: 'section',
      text: { type: 'mrkdwn', text: [`*${linked}*`, ...rest.map(plain)].join('\n').slice(0, 3000) },
    },
    ...(error === undefined
      ? []
      : [{ type: 'section', text: { type: 'mrkdwn', text: `> ${plain(error).slice(0, 2000)}` } }]),
    ...(fields.length === 0 ? [] : [{ type: 'context', elements: fields.slice(0, 10) }]),
  ]
  return {
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'stint', 'webhook-id': deliveryId },
    body: JSON.stringify({ text: plain(message), blocks }),
  }
}
