import type { ResultOf } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import type { Status } from '../kit/status.ts'

export const DeliveryRow = graphql(`
  fragment DeliveryRow_delivery on Delivery {
    id
    channel
    event
    state
    tries
    createdAt
    deliveredAt
    dueAt
    lastError
    responseStatus
  }
`)

export type Delivery = ResultOf<typeof DeliveryRow>

export const deliveryStatus: Record<Delivery['state'], Status> = {
  WAITING: { tone: 'waiting', word: 'Waiting' },
  DELIVERED: { tone: 'success', word: 'Delivered' },
  FAILED: { tone: 'error', word: 'Failed' },
}

export const kindTitles = { WEBHOOK: 'Webhook', SLACK: 'Slack', EMAIL: 'E-mail' } as const
export type ChannelKind = keyof typeof kindTitles

const strategyTexts: Readonly<Record<string, string>> = {
  always: 'everything',
  failure_only: 'failures',
  failure_or_done: 'failures, and what is done',
  silent: 'nothing',
}

/** Which news a channel is told, in words. */
export const strategyText = (strategy: string): string => strategyTexts[strategy] ?? strategy

const events: Readonly<Record<string, string>> = {
  task_state_update: 'A task changed its state',
  task_step_update: 'A step changed its state',
  task_validation: 'A task waits for approval',
  task_input: 'A step asks a question',
  message: 'A message of a template',
  test: 'Somebody tried the channel',
}

/** What was told, in words. */
export const eventText = (event: string): string => events[event] ?? event
