import type { ChannelKind, DeliveryState, NotificationStrategy, NotificationType } from '@stint/schema/words'

/*
 * Channels are where notifications go; deliveries are the notifications themselves, one for each channel. A delivery is an
 * internal task of the engine: it is born in the flush that makes the news durable, tried again like any step, and what stands
 * in the log of deliveries is read from its rows.
 */

/** The name that a channel gets for what others call it: small letters, digits, points, hyphens and underscores. */
export function channelNameOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 100)
}

/** What of a channel stands in clear. */
export interface ChannelRow {
  readonly name: string
  readonly kind: ChannelKind
  readonly enabled: boolean
  readonly strategy: NotificationStrategy
  /** Where it leads, without anything secret. */
  readonly target: string
  readonly updatedAt: Date
  readonly updatedBy: string
}

/** A strategy for some templates only. */
export interface TemplateStrategy {
  readonly templates: readonly string[]
  readonly strategy: NotificationStrategy
}

/** Which news a channel tells, beyond its own strategy; µTask's notify_config. */
export interface Strategies {
  readonly byType: Readonly<Partial<Record<NotificationType, NotificationStrategy>>>
  readonly byTemplate: Readonly<Partial<Record<NotificationType, readonly TemplateStrategy[]>>>
}

/** What a channel is told: µTask's keys, all of them text, and ours beside them. */
export type Notification = Readonly<Record<string, string>> & {
  readonly message: string
  readonly notification_type: NotificationType
}

export interface DeliveryRow {
  readonly id: string
  readonly channel: string
  /** Absent for a test. */
  readonly taskId: string | null
  readonly event: NotificationType
  readonly state: DeliveryState
  readonly tries: number
  readonly createdAt: Date
  readonly deliveredAt: Date | null
  readonly dueAt: Date | null
  readonly lastError: string | null
  readonly responseStatus: number | null
}

/** Tags of the internal task that is a delivery. */
export const deliveryTags = { channel: 'channel', event: 'event', status: 'response_status' } as const
