import type { App } from '../../base/app.ts'
import { isId } from '../../base/ids.ts'
import { Problem } from '../../base/problem.ts'
import type { KeyRing } from '../../engine/seal.ts'
import { type Actor, demand } from '../access/model.ts'
import { shownConfiguration } from './configuration.ts'
import type { ChannelRow, DeliveryRow } from './model.ts'
import { openConfiguration } from './seal.ts'
import {
  type DeliveryFilter,
  findChannels,
  findDeliveries,
  findDelivery,
  findLastDeliveries,
  type SealedChannel,
} from './store.ts'

/** By name. Needs `channel.manage`. */
export async function listChannels(app: App, actor: Actor | undefined): Promise<SealedChannel[]> {
  demand(actor, 'channel.manage')
  return findChannels(app.sql)
}

/** What of its configuration may be read: secrets are dots. */
export function readConfiguration(keys: KeyRing, row: SealedChannel): Readonly<Record<string, unknown>> {
  return shownConfiguration(openConfiguration(keys, row))
}

/** Newest first, one more than `size` when there are more. Needs `channel.manage`. */
export async function listDeliveries(
  app: App,
  actor: Actor | undefined,
  filter: DeliveryFilter,
  { from, size }: { readonly from?: string; readonly size: number },
): Promise<DeliveryRow[]> {
  demand(actor, 'channel.manage')
  if (from !== undefined && !isId(from))
    throw new Problem(
      'invalid-cursor',
      'This place belongs to another list; begin again with the first page.',
    )
  return findDeliveries(app.sql, filter, { from, size })
}

/** At most this many are shown of one task; the list of deliveries has the rest. */
const deliveriesOfTaskMax = 100

/** Newest first. Whoever sees the task sees what was told about it. */
export async function deliveriesOfTask(app: App, taskId: string): Promise<DeliveryRow[]> {
  const rows = await findDeliveries(app.sql, { taskId }, { size: deliveriesOfTaskMax })
  return rows.slice(0, deliveriesOfTaskMax)
}

export async function lastDeliveryOf(app: App, { name }: ChannelRow): Promise<DeliveryRow | undefined> {
  const [row] = await findLastDeliveries(app.sql, [name])
  return row
}

/** Throws `not-found`. */
export async function readDelivery(app: App, id: string): Promise<DeliveryRow> {
  const row = isId(id) ? await findDelivery(app.sql, id) : undefined
  if (row !== undefined) return row
  throw new Problem('not-found', 'There is no such delivery.', { details: { type: 'Delivery', id } })
}
