import type { App } from '../../base/app.ts'
import { type Actor, demand } from '../access/model.ts'
import type { FunctionRow } from '../functions/model.ts'
import { findFunction, latestFunctions } from '../functions/store.ts'
import { callersOf } from './store.ts'

export interface UsedFunction extends FunctionRow {
  /** Names of the templates that call it, also through other functions. */
  readonly usedBy: readonly string[]
}

/** The functions that templates may call, by name. Needs `template.view`. */
export async function listFunctions(app: App, actor: Actor | undefined): Promise<UsedFunction[]> {
  demand(actor, 'template.view')
  return withCallers(app, await latestFunctions(app.sql))
}

export async function readFunction(
  app: App,
  actor: Actor | undefined,
  name: string,
): Promise<UsedFunction | undefined> {
  demand(actor, 'template.view')
  const row = await findFunction(app.sql, name)
  return row && (await withCallers(app, [row]))[0]
}

async function withCallers(app: App, rows: readonly FunctionRow[]): Promise<UsedFunction[]> {
  const calls = await callersOf(
    app.sql,
    rows.map(({ name }) => name),
  )
  const templatesOf = Map.groupBy(calls, ({ functionName }) => functionName)
  return rows.map((row) => ({
    ...row,
    usedBy: (templatesOf.get(row.name) ?? []).map(({ template }) => template),
  }))
}
