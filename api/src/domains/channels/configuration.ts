import type { ChannelKind, NotificationStrategy, NotificationType } from '@stint/schema/words'
import { notificationStrategies, notificationTypes } from '@stint/schema/words'
import { z } from 'zod'
import { OutboundUrlError, parseTarget } from '../../base/outbound-url.ts'
import { Problem } from '../../base/problem.ts'
import { mailSecurities } from '../../engine/actions/email-send.ts'
import { maskText } from '../../engine/run/mask.ts'
import { ValueError } from '../../engine/values/fault.ts'
import { compile } from '../../engine/values/template.ts'
import type { Strategies, TemplateStrategy } from './model.ts'

const strategy = z.enum(notificationStrategies)

const url = z.string().superRefine((text, context) => {
  try {
    parseTarget(text)
  } catch (error) {
    if (!(error instanceof OutboundUrlError)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
})

const goTemplate = z.string().superRefine((text, context) => {
  try {
    compile(text)
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
})

/** What stands before the first handle: where it leads is said there, whatever is rendered behind it. */
function fixedPart(url: string): string {
  return url.split('{{', 1)[0] as string
}

const templatedUrl = goTemplate.superRefine((text, context) => {
  const fixed = fixedPart(text)
  try {
    parseTarget(fixed)
  } catch (error) {
    if (!(error instanceof OutboundUrlError)) throw error
    context.addIssue({ code: 'custom', message: error.message })
    return
  }
  if (fixed !== text && !/^https?:\/\/[^/?#]+\//i.test(fixed))
    context.addIssue({ code: 'custom', message: 'handles may stand only behind the host and a slash' })
})

const strategyFields = {
  /** By the type of the news; µTask's default_notification_strategy. */
  strategies: z.partialRecord(z.enum(notificationTypes), strategy).optional(),
  /** By type and template; µTask's name. */
  template_notification_strategies: z
    .partialRecord(
      z.enum(notificationTypes),
      z.array(z.strictObject({ templates: z.array(z.string()), notification_strategy: strategy })),
    )
    .optional(),
}

const webhook = z.strictObject({
  /** A Go template of the notification, behind the host. */
  url: templatedUrl,
  /** Signs each request; `whsec_` and base64, or any text. */
  secret: z.string().min(8).optional(),
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/, 'a header name'), z.string()).optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  /** A Go template of the body; all of the notification as JSON unless given. */
  body_template: goTemplate.optional(),
  ...strategyFields,
})

const slack = z.strictObject({ url, ...strategyFields })

const email = z.strictObject({
  smtp_hostname: z.string().min(1),
  smtp_port: z.union([z.string(), z.number()]).optional(),
  smtp_username: z.string().optional(),
  smtp_password: z.string().optional(),
  smtp_security: z.enum(mailSecurities).optional(),
  smtp_skip_tls_verify: z.union([z.boolean(), z.string()]).optional(),
  smtp_root_ca: z.string().optional(),
  from_address: z.string().min(3),
  from_name: z.string().optional(),
  to: z.array(z.string().min(3)).min(1),
  ...strategyFields,
})

export type WebhookConfiguration = z.infer<typeof webhook>
export type SlackConfiguration = z.infer<typeof slack>
export type EmailConfiguration = z.infer<typeof email>

/** A configuration that was checked, with the kind that says which. */
export type ChannelConfiguration =
  | { readonly kind: 'webhook'; readonly fields: WebhookConfiguration }
  | { readonly kind: 'slack'; readonly fields: SlackConfiguration }
  | { readonly kind: 'email'; readonly fields: EmailConfiguration }

const schemas = { webhook, slack, email } as const

/** Fields that nobody reads again; of a map, each of its values. */
const secretFields: Record<ChannelKind, readonly string[]> = {
  webhook: ['secret', 'password', 'headers'],
  slack: ['url'],
  email: ['smtp_password'],
}

function complaint(issues: readonly z.core.$ZodIssue[]): string {
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ')
}

/** What the checker says of a key that is not there is about types; a person forgot it. */
const missingKey = ({ code, input }: z.core.$ZodRawIssue) =>
  code === 'invalid_type' && input === undefined ? 'must be given' : undefined

/** Throws `invalid-request` with everything that is wrong. */
export function checkedConfiguration(kind: ChannelKind, given: unknown): ChannelConfiguration {
  const { success, data, error } = schemas[kind].safeParse(given, { error: missingKey })
  if (success) return { kind, fields: data } as ChannelConfiguration
  throw new Problem(
    'invalid-request',
    `The configuration of a ${kind} channel is wrong: ${complaint(error.issues)}`,
  )
}

type Fields = Readonly<Record<string, unknown>>

const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What may be shown: secrets are dots. */
export function shownConfiguration({ kind, fields }: ChannelConfiguration): Fields {
  const dots = (value: unknown): unknown =>
    isMap(value) ? Object.fromEntries(Object.keys(value).map((key) => [key, maskText])) : maskText
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      secretFields[kind].includes(name) && value !== undefined ? dots(value) : value,
    ]),
  )
}

/** Dots that come back from a form stand for what was there before. */
export function withKeptSecrets(
  kind: ChannelKind,
  given: unknown,
  before: ChannelConfiguration | undefined,
): unknown {
  if (!isMap(given) || before?.kind !== kind) return given
  const old = before.fields as Fields
  const kept = (value: unknown, was: unknown): unknown => {
    if (value === maskText && was !== undefined) return was
    if (!isMap(value) || !isMap(was)) return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, kept(each, was[key])]))
  }
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      secretFields[kind].includes(name) ? kept(value, old[name]) : value,
    ]),
  )
}

/** Where it leads, for lists. The path of a Slack address is its password. */
export function targetOf({ kind, fields }: ChannelConfiguration): string {
  if (kind === 'email') return fields.to.join(', ')
  const { origin, pathname } = new URL(fixedPart(fields.url))
  return kind === 'slack' ? origin : `${origin}${pathname}`
}

/** Only what differs from the channel's own strategy. */
export function strategiesOf({ fields }: ChannelConfiguration): Strategies {
  const { strategies, template_notification_strategies: own } = fields
  const byTemplate: Partial<Record<NotificationType, readonly TemplateStrategy[]>> = {}
  for (const [type, entries] of Object.entries(own ?? {}))
    byTemplate[type as NotificationType] = (entries ?? []).map(({ templates, notification_strategy }) => ({
      templates,
      strategy: notification_strategy,
    }))
  return { byType: (strategies ?? {}) as Partial<Record<NotificationType, NotificationStrategy>>, byTemplate }
}
