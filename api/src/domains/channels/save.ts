import type { ChannelKind, NotificationStrategy } from '@stint/schema/words'
import { notificationStrategies } from '@stint/schema/words'
import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import type { KeyRing } from '../../engine/seal.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { type Actor, demand } from '../access/model.ts'
import { record } from '../audit/store.ts'
import { checkedConfiguration, shownConfiguration, targetOf, withKeptSecrets } from './configuration.ts'

import { openConfiguration, sealConfiguration } from './seal.ts'
import { findChannel, lockChannels, removeChannel, type SealedChannel, writeChannel } from './store.ts'

export interface ChannelOrder {
  readonly name: string
  readonly kind: ChannelKind
  readonly enabled?: boolean | null
  readonly strategy?: string | null
  readonly configuration?: unknown
}

const namePattern = /^[a-z0-9][a-z0-9._-]{0,99}$/

function demandName(name: string): void {
  if (namePattern.test(name)) return
  throw new Problem(
    'invalid-request',
    'The name of a channel is made of small letters, digits, points, hyphens and underscores; at most 100.',
  )
}

function strategyOf(
  text: string | null | undefined,
  before: SealedChannel | undefined,
): NotificationStrategy {
  if (text === undefined || text === null) return before?.strategy ?? 'failure_only'
  const strategy = notificationStrategies.find((each) => each === text)
  if (strategy !== undefined) return strategy
  throw new Problem('invalid-request', `strategy must be one of ${notificationStrategies.join(', ')}.`)
}

/**
 * Writes a channel, new or not, and tells every process. Needs `channel.manage`; stands on the audit record without its
 * secrets. Dots in place of a secret keep what was there. Throws `invalid-request` with all that is wrong.
 */
export async function saveChannel(
  app: App,
  keys: KeyRing,
  actor: Actor | undefined,
  { name, kind, enabled, strategy, configuration }: ChannelOrder,
): Promise<SealedChannel> {
  demand(actor, 'channel.manage')
  demandName(name)
  return inTransaction(app.sql, async (tx) => {
    await lockChannels(tx)
    const before = await findChannel(tx, name)
    const old = before && openConfiguration(keys, before)
    const checked = checkedConfiguration(kind, withKeptSecrets(kind, configuration, old))
    const row: SealedChannel = {
      name,
      kind,
      enabled: enabled ?? before?.enabled ?? true,
      strategy: strategyOf(strategy, before),
      target: targetOf(checked),
      ...sealConfiguration(keys, name, checked),
      updatedAt: app.clock.now(),
      updatedBy: actor.name,
    }
    await writeChannel(tx, row)
    await record(tx, actor, [
      {
        action: before === undefined ? 'channel.create' : 'channel.update',
        subjectType: 'channel',
        subjectId: name,
        details: {
          kind,
          enabled: row.enabled,
          strategy: row.strategy,
          from: old && shownConfiguration(old),
          to: shownConfiguration(checked),
        },
      },
    ])
    return row
  })
}

/** False when there was none. What waits for it fails, and can be tried again once there is one of its name. */
export async function deleteChannel(app: App, actor: Actor | undefined, name: string): Promise<boolean> {
  demand(actor, 'channel.manage')
  return inTransaction(app.sql, async (tx) => {
    const wasThere = await removeChannel(tx, name)
    if (wasThere)
      await record(tx, actor, [{ action: 'channel.delete', subjectType: 'channel', subjectId: name }])
    return wasThere
  })
}
