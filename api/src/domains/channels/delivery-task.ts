import { checkTemplate } from '@stint/schema/template'
import type { Template } from '@stint/schema/template-types'
import type { NewTask } from '../../engine/start.ts'
import { deliveryTags, type Notification } from './model.ts'

/** The stable name of the internal tasks that are deliveries. */
export const deliveryLabel = 'stint.notification'
/** The action that only these tasks have. */
export const deliverAction = 'stint.deliver'

/**
 * 24 tries in about an hour and a half, each later than the one before; then the delivery waits for a person, who may have it
 * tried again: paused, not stopped, so that it keeps its number.
 */
const text = `
name: ${deliveryLabel}
description: Delivers a notification to a channel
title_format: Notification for {{.input.channel}}
auto_runnable: true
on_error: pause
inputs:
  - { name: channel, description: The channel, type: string }
  - { name: notification, description: What it is told, type: string }
steps:
  deliver:
    description: Delivers it
    retry_pattern: seconds
    max_retries: 23
    # At least once: whoever gets it twice sees the same delivery id.
    idempotent: true
    action:
      type: ${deliverAction}
      configuration:
        channel: '{{.input.channel}}'
        notification: '{{.input.notification | typed}}'
`

function readTemplate(): Template {
  const { template, findings } = checkTemplate(text)
  if (template === undefined)
    throw new Error(`the template of deliveries is faulty: ${JSON.stringify(findings)}`)
  return template
}

const template = readTemplate()

/** One notification for one channel, as a task. */
export function deliveryTask(
  channel: string,
  notification: Notification,
  aboutTaskId: string | undefined,
  idempotencyKey?: string,
): NewTask {
  return {
    template,
    label: deliveryLabel,
    input: { channel, notification },
    owner: { name: 'system' },
    isApproved: true,
    tags: { [deliveryTags.channel]: channel, [deliveryTags.event]: notification.notification_type },
    internal: aboutTaskId === undefined ? {} : { aboutTaskId },
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  }
}
