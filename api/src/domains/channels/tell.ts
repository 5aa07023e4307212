import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import type { Command } from '../../engine/commands.ts'
import type { KeyRing } from '../../engine/seal.ts'
import type { NewTask } from '../../engine/start.ts'
import { type Actor, demand } from '../access/model.ts'
import { deliveryTask } from './delivery-task.ts'
import type { DeliveryRow, Notification } from './model.ts'
import { readDelivery } from './read.ts'
import { findChannel } from './store.ts'

/** What this folder needs of the engine; engine/engine.ts is one. */
export interface DeliveryEngine {
  createTask(request: NewTask): Promise<{ id: string }>
  command(taskId: string, command: Command): Promise<void>
  waitForStop(taskId: string, seconds: number): Promise<boolean>
}

/** What doors need of channels besides the app. */
export interface ChannelParts {
  readonly keys: KeyRing
  readonly engine: DeliveryEngine
}

/** How long a person who tries a channel waits to see what came of it; the delivery goes on all the same. */
const testSeconds = 10

/** Tells a channel that somebody tries it, whatever its strategy. Needs `channel.manage`; throws `not-found`. */
export async function testChannel(
  app: App,
  engine: DeliveryEngine,
  actor: Actor | undefined,
  name: string,
): Promise<DeliveryRow> {
  demand(actor, 'channel.manage')
  if ((await findChannel(app.sql, name)) === undefined)
    throw new Problem('not-found', 'There is no such channel.', { details: { type: 'Channel', id: name } })
  const notification: Notification = {
    message: `This is a test of the channel ${name}\nasked for by ${actor.name}`,
    notification_type: 'test',
    requester: actor.name,
  }
  const { id } = await engine.createTask(deliveryTask(name, notification, undefined))
  await engine.waitForStop(id, testSeconds)
  return readDelivery(app, id)
}

/** Tries a delivery that failed once more, now. Needs `channel.manage`; throws `not-found` and `not-allowed-now`. */
export async function retryDelivery(
  app: App,
  engine: DeliveryEngine,
  actor: Actor | undefined,
  id: string,
): Promise<DeliveryRow> {
  demand(actor, 'channel.manage')
  const { state } = await readDelivery(app, id)
  if (state === 'delivered')
    throw new Problem('not-allowed-now', 'It was delivered already.', {
      details: { state: 'stopped', reason: null },
    })
  await engine.command(id, { kind: 'retry-step', actor: actor.name, stepNo: 0 })
  await engine.waitForStop(id, testSeconds)
  return readDelivery(app, id)
}
