import { limits } from '@stint/schema/limits'
import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import { postponeOutsiders } from '../../engine/hold.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { type Actor, demand } from '../access/model.ts'
import { record } from '../audit/store.ts'
import type { Maintenance } from './model.ts'
import { forgetMaintenance, readMaintenance } from './read.ts'
import { beginMaintenance, endMaintenance, lockMaintenance } from './store.ts'

export interface MaintenanceOrder {
  readonly on: boolean
  /** What people read meanwhile. */
  readonly message?: string | null
  readonly endsAt?: Date | null
}

function whatIsWrong({ on, message, endsAt }: MaintenanceOrder, now: Date): string | undefined {
  if (!on) return message || endsAt ? 'The end of a maintenance takes no message and no time.' : undefined
  if (message && message.length > limits.titleLengthMax)
    return `The message has at most ${limits.titleLengthMax} characters.`
  if (message?.includes('\0')) return 'The message has a character that cannot be stored.'
  if (endsAt && endsAt <= now) return 'The announced end has passed already; give a later one or none.'
  return undefined
}

/**
 * Switches the maintenance of all processes on or off, or changes its words while it is on; durable when it resolves, and
 * heard by everybody within a second. Needs `maintenance.manage`; stands on the audit record. Throws `invalid-request`.
 */
export async function setMaintenance(
  app: App,
  actor: Actor | undefined,
  order: MaintenanceOrder,
): Promise<Maintenance | undefined> {
  demand(actor, 'maintenance.manage')
  const wrong = whatIsWrong(order, app.clock.now())
  if (wrong !== undefined) throw new Problem('invalid-request', wrong)
  const message = order.message?.trim() || null
  const endsAt = order.endsAt ?? null
  await inTransaction(app.sql, async (tx) => {
    const before = await lockMaintenance(tx)
    if (order.on) {
      await beginMaintenance(tx, { message, endsAt, by: actor.name })
    } else {
      if (before === undefined) return
      await endMaintenance(tx)
      await postponeOutsiders(tx, before.since)
    }
    const action = order.on ? (before === undefined ? 'begin' : 'update') : 'end'
    const details = order.on ? { message, endsAt } : { since: before?.since }
    await record(tx, actor, [{ action: `maintenance.${action}`, subjectType: 'maintenance', details }])
  })
  forgetMaintenance(app)
  return readMaintenance(app)
}
