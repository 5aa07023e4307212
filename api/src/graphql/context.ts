import type { App } from '../base/app.ts'
import type { RequestFacts } from '../domains/access/address.ts'
import type { Actor } from '../domains/access/model.ts'
import type { ChannelParts } from '../domains/channels/tell.ts'
import type { ConfigurationItems } from '../domains/configuration/items.ts'
import type { TaskChanges } from '../domains/tasks/changes.ts'
import type { TaskEngine } from '../domains/tasks/model.ts'
import { type Readers, readersOf } from '../domains/tasks/readers.ts'
import type { TemplateCheck } from '../domains/templates/model.ts'
import type { ActionRegistry } from '../engine/action.ts'
import type { Listener } from '../postgres/listen.ts'

export interface ServerFacts {
  readonly version: string
  readonly installation: string
  readonly upSince: Date
}

/** What the resolvers may call; built once by the roof. */
export interface Parts {
  readonly app: App
  readonly server: ServerFacts
  readonly engine: TaskEngine
  readonly changes: TaskChanges
  readonly listener: Listener
  /** What steps can do in this process. */
  readonly actions: ActionRegistry
  /** What templates may read as `.config` in this process. */
  readonly configuration: ConfigurationItems
  readonly channels: ChannelParts
  /** What template texts are held against. */
  readonly check: TemplateCheck
}

/** Whoever is at the other end of a request or socket. The actor is replaced when his rights change, and goes when they end. */
export interface Caller {
  readonly actor: Actor | undefined
  /** What came with the request or upgrade. */
  readonly facts: RequestFacts
}

/** What each operation knows besides its document: over HTTP the request, over a socket the connection. */
export interface OperationContext {
  readonly caller: Caller
  readonly requestId: string
  /** A socket is looked after as a whole; a subscription over plain HTTP looks after itself. */
  readonly isSocket: boolean
}

/** What one operation, or one event of a subscription, is answered with. */
export interface Context {
  readonly parts: Parts
  readonly caller: Caller
  /** The caller as he was when this operation or event began. Nobody is signed in when absent. */
  readonly actor: Actor | undefined
  readonly requestId: string
  read: Readers
}

export function contextOf(parts: Parts, caller: Caller, requestId: string): Context {
  const { actor } = caller
  return { parts, caller, actor, requestId, read: readersOf(parts.app, parts.engine, actor) }
}

/** For one event of a subscription: the caller as he is now, and reading shared with all who see the same in this tick. */
export function contextOfEvent({ parts, caller, requestId }: Context): Context {
  const { actor } = caller
  return { parts, caller, actor, requestId, read: parts.changes.readers(actor) }
}

/** After a change within an operation: what was read before it must not be shown again. */
export function forgetRead(context: Context): void {
  context.read = readersOf(context.parts.app, context.parts.engine, context.actor)
}
