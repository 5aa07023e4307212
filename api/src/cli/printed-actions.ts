import { join } from 'node:path'
import { systemClock } from '../base/clock.ts'
import { checkout } from '../base/config.ts'
import { Outbound } from '../base/outbound.ts'
import { outboundPolicy } from '../base/outbound-policy.ts'
import { notifyAction } from '../domains/channels/notify.ts'
import { type Action, ActionRegistry } from '../engine/action.ts'
import { documentationOf, exampleOf, idempotenceOf, resourcesOf } from '../engine/action-documentation.ts'
import { registerBuiltIn } from '../engine/actions/register.ts'

/** The actions that come with the product; nothing of what they would need to run is opened. */
function builtInActions(): Action[] {
  const policy = outboundPolicy([])
  return registerBuiltIn(new ActionRegistry(), {
    clock: systemClock,
    outbound: new Outbound(() => policy),
    scriptFolders: [join(checkout, 'api/templates/scripts')],
    knownHostsFile: '/dev/null',
  })
    .add(notifyAction({ channels: () => [], createTask: () => Promise.reject(new Error('only printed')) }))
    .all()
}

/** schema/actions.json: what the command line shows of the built-in actions without a server. */
export function printedActions(): string {
  const described = builtInActions().map((action) => ({
    type: action.type,
    description: action.description,
    idempotent: idempotenceOf(action),
    resources: resourcesOf(action),
    example: exampleOf(action) ?? null,
    documentation: documentationOf(action),
    configuration: action.configuration,
    output: action.output ?? null,
    metadata: action.metadata ?? null,
  }))
  return `${JSON.stringify(described, undefined, 2)}\n`
}
