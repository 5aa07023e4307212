import type { Registry } from 'prom-client'
import type { App } from '../base/app.ts'
import type { RequestFacts } from '../domains/access/address.ts'
import type { LoadedPlugin } from '../plugins/load.ts'
import type { CallbackEngine } from './callbacks.ts'
import type { ReportEngine } from './reports.ts'
import type { TaskVerbs } from './tasks.ts'

/** Resolves when a part of the installation can do its work; throws a sentence when it cannot. */
export type Check = () => void | Promise<void>

/** What the handler of /graphql is told about the request it gets. */
export interface GraphqlCall {
  readonly facts: RequestFacts
  readonly requestId: string
}

/** What the roof hands to the REST doors. Absent parts are doors that are not opened. */
export interface RestParts {
  readonly app: App
  readonly tasks: TaskVerbs
  readonly reports: ReportEngine
  readonly callbacks: CallbackEngine
  /** Those that were loaded; none when absent. */
  readonly plugins?: readonly LoadedPlugin[]
  /** By name, for /readyz: database, engine, listener. */
  readonly checks: Readonly<Record<string, Check>>
  readonly metrics: Registry
  /** The built page; absent for an installation that serves the API only. */
  readonly webDir?: string
  /** Answers /graphql: parsing, persons and errors are its own; limits, cross-site rule and request ids come from here. */
  readonly graphql?: (request: Request, call: GraphqlCall) => Response | Promise<Response>
}
