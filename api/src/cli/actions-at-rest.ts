import { join } from 'node:path'
import { systemClock } from '../base/clock.ts'
import { checkout } from '../base/config.ts'
import { Outbound } from '../base/outbound.ts'
import { outboundPolicy } from '../base/outbound-policy.ts'
import { notifyAction } from '../domains/channels/notify.ts'
import { ActionRegistry } from '../engine/action.ts'
import { registerBuiltIn } from '../engine/actions/register.ts'

/** The actions that come with the product, to be looked at: nothing of what they would need to run is opened. */
export function actionsAtRest(scriptFolders: readonly string[] = []): ActionRegistry {
  const policy = outboundPolicy([])
  return registerBuiltIn(new ActionRegistry(), {
    clock: systemClock,
    outbound: new Outbound(() => policy),
    scriptFolders: [...scriptFolders, join(checkout, 'api/templates/scripts')],
    knownHostsFile: '/dev/null',
  }).add(notifyAction({ channels: () => [], createTask: () => Promise.reject(new Error('only looked at')) }))
}
