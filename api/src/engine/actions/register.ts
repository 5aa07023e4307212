import type { Clock } from '../../base/clock.ts'
import type { Outbound } from '../../base/outbound.ts'
import type { ActionRegistry } from '../action.ts'
import { apiovhAction } from './apiovh.ts'
import { batchAction } from './batch.ts'
import { cacheAction } from './cache.ts'
import { callbackAction } from './callback.ts'
import { echoAction } from './echo.ts'
import { emailAction } from './email.ts'
import { execAction } from './exec.ts'
import { httpAction } from './http.ts'
import { inputAction } from './input.ts'
import { pingAction } from './ping.ts'
import { scriptAction } from './script.ts'
import { sqlAction } from './sql.ts'
import { sshAction } from './ssh.ts'
import { subtaskAction } from './subtask.ts'
import { tagAction } from './tag.ts'
import { waitAction } from './wait.ts'

/** What the built-in actions need from the process they run in. */
export interface BuiltInOptions {
  readonly clock: Clock
  readonly outbound: Outbound
  /** Where scripts lie; the first folder that has one wins. */
  readonly scriptFolders: readonly string[]
  /** The known_hosts file of this executor. */
  readonly knownHostsFile: string
  /** A configuration item by name, for actions that are told where to go by an administrator; none unless given. */
  item?(name: string): unknown
  /** Between asking a child process to end and killing it; 10 s unless said. */
  readonly graceMs?: number
}

/** Adds every action that comes with the product. */
export function registerBuiltIn(registry: ActionRegistry, options: BuiltInOptions): ActionRegistry {
  const { clock, outbound, scriptFolders, knownHostsFile, graceMs } = options
  const item = (name: string) => options.item?.(name)
  const http = httpAction({ outbound, clock })
  return registry
    .add(echoAction)
    .add(waitAction(clock))
    .add(subtaskAction(clock))
    .add(batchAction)
    .add(callbackAction(clock))
    .add(inputAction(clock))
    .add(tagAction)
    .add(cacheAction)
    .add(http)
    .add(apiovhAction({ http, clock, item }))
    .add(pingAction({ outbound, clock }))
    .add(sqlAction({ outbound, database: (name) => item(`sql-${name}`) }))
    .add(execAction({ clock, graceMs }))
    .add(scriptAction({ folders: scriptFolders, clock, graceMs }))
    .add(emailAction({ outbound }))
    .add(sshAction({ outbound, knownHostsFile, graceMs }))
}
