import type { Template } from '@stint/schema/template-types'
import type { ExecutorRole } from '@stint/schema/words'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Sql, Target } from '../postgres/connect.ts'
import type { Listener } from '../postgres/listen.ts'
import type { ActionRegistry } from './action.ts'
import type { ChildTasks } from './children.ts'
import type { Hold } from './hold.ts'
import type { Reactions } from './react.ts'
import type { SharedSecrets } from './run/mask.ts'
import type { KeyRing } from './seal.ts'
import type { Retention, SweepOptions } from './sweep.ts'

/** What an engine needs of the process that it lives in. */
export interface EngineOptions {
  readonly sql: Sql
  readonly target: Target
  readonly log: Logger
  readonly clock: Clock
  readonly listener: Listener
  readonly keys: KeyRing
  readonly registry: ActionRegistry
  readonly version: string
  /** Identity of this installation on this machine: a start takes over what died under the same one. */
  readonly installation: string
  readonly region: string | undefined
  readonly role: ExecutorRole
  /** Tasks held at the same time; 0 for a process that only serves: it creates tasks and applies commands, runs no step. */
  readonly capacity: number
  maxRunningActions(): number
  /** Configuration items that templates may read. */
  config(): Record<string, unknown>
  /** The values of those items: masked wherever something is stored in clear or shown. */
  readonly secrets?: SharedSecrets
  /** Capacities that the installation gives to named resources; absent: it limits nothing. */
  resourceLimits?(): ReadonlyMap<string, number>
  /** How long what is over is kept; absent: for ever, unless its template says otherwise. */
  retention?(): Retention
  readonly onRemoved?: SweepOptions['onRemoved']
  /** The definition of a stored template version. */
  templateOf(templateId: string): Promise<Template>
  /** While it is on, nothing new starts. */
  readonly hold?: Hold
  /** Told what happens to tasks; what it answers is started in the very flush that makes it durable. */
  readonly reactions?: Reactions
  /** What the owner of a task may start from its steps; absent: nothing. */
  readonly childTasks?: ChildTasks
  /** Where this installation is reached from outside; for addresses that others may call. */
  ownUrl?(): string
  /** How long an aborted action may take before it is left behind. */
  readonly abortGraceMs?: number
  /** How long steps may finish when the process stops. */
  readonly drainGraceMs?: number
}
