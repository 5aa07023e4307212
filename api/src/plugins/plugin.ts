import type { Permission } from '@stint/schema/words'
import type { Logger } from '../base/log.ts'
import type { Authenticator } from '../domains/access/authenticator.ts'
import type { ConfigurationSource } from '../domains/configuration/model.ts'
import type { Action } from '../engine/action.ts'

/*
 * What a plug-in is made of. A file of a plug-ins folder imports this as 'stint/plugin' and exports what it made; it is loaded
 * once, when a process starts, and runs in it with all its rights: whoever can write into the folder is an administrator.
 */

/** Who asks a route, as far as that is known. */
export interface RouteCaller {
  readonly user: string | undefined
  readonly groups: readonly string[]
  readonly log: Logger
}

/** Answered under `/plugins/NAME` and its path, behind the same guards as every other door. */
export interface PluginRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Begins with a slash; `:name` and a star at its end as Hono has them. */
  readonly path: string
  /** `anybody` only for what checks its callers itself; otherwise somebody, or somebody with a permission. */
  readonly access: 'anybody' | 'signed-in' | Permission
  handle(request: Request, caller: RouteCaller): Response | Promise<Response>
}

export interface Plugin {
  /** Small letters, digits and hyphens; the file's name unless given. */
  readonly name?: string
  readonly actions?: readonly Action<never>[]
  /** Asked who sent a request that brings none of our own proofs. Answers with a name and groups; what he may is ours to say. */
  readonly authenticate?: Authenticator
  /** A further place where configuration items come from; templates read those that are allowed. */
  readonly configuration?: ConfigurationSource
  readonly routes?: readonly PluginRoute[]
}

const made = new WeakMap<object, 'action' | 'plugin'>()

/** Says that this is an action; its file exports it under any name. */
export function defineAction<C = Record<string, unknown>>(action: Action<C>): Action<C> {
  made.set(action, 'action')
  return action
}

/** Says that this is a plug-in, with more than one action or with hooks of the start-up. */
export function definePlugin(plugin: Plugin): Plugin {
  made.set(plugin, 'plugin')
  return plugin
}

/** What a value was made as; undefined for everything else that a file exports. */
export function madeAs(value: unknown): 'action' | 'plugin' | undefined {
  return typeof value === 'object' && value !== null ? made.get(value) : undefined
}
