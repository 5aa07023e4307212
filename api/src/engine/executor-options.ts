import type { Template } from '@stint/schema/template-types'
import type { ExecutorRole } from '@stint/schema/words'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { AnySql, Sql, Target } from '../postgres/connect.ts'
import type { ActionRegistry } from './action.ts'
import type { Birth } from './change.ts'
import type { DoorStep, Doors } from './doors.ts'
import type { Hold } from './hold.ts'
import type { News } from './news.ts'
import type { SharedSecrets } from './run/mask.ts'
import type { KeyRing } from './seal.ts'
import type { ExecutorFigures } from './store/executor.ts'

/** What one life of this process in the cluster is given. */
export interface ExecutorOptions {
  readonly sql: Sql
  readonly target: Target
  readonly log: Logger
  readonly clock: Clock
  readonly keys: KeyRing
  readonly registry: ActionRegistry
  readonly version: string
  readonly installation: string
  readonly region: string | undefined
  readonly role: ExecutorRole
  /** Tasks held at the same time; 0 for a process that only applies commands. */
  readonly capacity: number
  /** Actions that run at the same time. */
  readonly maxRunningActions: () => number
  readonly abortGraceMs: number
  readonly hold: Hold
  config(): Record<string, unknown>
  readonly secrets?: SharedSecrets
  /** Capacities of named resources, by name. */
  resourceLimits(): ReadonlyMap<string, number>
  /** The definition of a template version; it never changes, so it is read once. */
  templateOf(templateId: string): Promise<Template>
  wake(sql: AnySql, taskIds: readonly string[]): Promise<void>
  /** What the installation starts because of news of tasks; undefined while nobody listens. */
  telling(): ((news: News) => readonly Birth[]) | undefined
  /** What an action of this step may do beyond this process. */
  doorsOf(step: DoorStep): Doors
  /** What the process around it knows, told with each heartbeat. */
  figures(): Omit<ExecutorFigures, 'running' | 'flushesPerSecond'>
  /** This executor is dead to the cluster; its tasks are lost to it. */
  onDead(why: string): void
  /** There is room again for tasks, or none any more. */
  onRoom(): void
}
