import type { TemplateFunction } from '@stint/schema/template-types'
import type postgres from 'postgres'
import { newId } from '../../base/ids.ts'
import type { AnySql } from '../../postgres/connect.ts'
import type { FunctionRow } from './model.ts'

function columns(sql: AnySql): postgres.Fragment {
  return sql`id, name, version, source, digest, text, definition, description, retired_at, created_at`
}

/** The newest versions by name; those whose file is gone only when asked for. */
export function latestFunctions(sql: AnySql, withRetired = false): Promise<FunctionRow[]> {
  return sql<FunctionRow[]>`
    -- latestFunctions
    select ${columns(sql)}
    from template_function
    where is_latest ${withRetired ? sql`` : sql`and retired_at is null`}
    order by name
  `
}

export async function findFunction(sql: AnySql, name: string): Promise<FunctionRow | undefined> {
  const [row] = await sql<FunctionRow[]>`
    -- findFunction
    select ${columns(sql)} from template_function where name = ${name} and is_latest and retired_at is null
  `
  return row
}

/** One writer at a time until the transaction ends. */
export async function lockFunctions(tx: AnySql): Promise<void> {
  await tx`
    -- lockFunctions
    lock table template_function in share row exclusive mode
  `
}

export interface NewFunctionVersion {
  readonly source: string
  readonly text: string
  readonly digest: string
  readonly definition: TemplateFunction
}

/** Needs `lockFunctions`. */
export async function addFunctionVersion(tx: AnySql, fresh: NewFunctionVersion): Promise<void> {
  const { definition } = fresh
  const [before] = await tx<{ version: number }[]>`
    -- endLatestFunction
    update template_function set is_latest = false where name = ${definition.name} and is_latest returning version
  `
  await tx`
    -- addFunctionVersion
    insert into template_function (id, name, version, source, digest, text, definition, description)
    values (
      ${newId()}, ${definition.name}, ${(before?.version ?? 0) + 1}, ${fresh.source}, ${fresh.digest}, ${fresh.text},
      ${JSON.stringify(definition)}::text::json, ${definition.description}
    )
  `
}

/** Sets when the files of these functions were found to be gone; null for files that are back. */
export async function setFunctionsRetired(
  tx: AnySql,
  names: readonly string[],
  at: Date | null,
): Promise<void> {
  if (names.length === 0) return
  await tx`
    -- setFunctionsRetired
    update template_function set retired_at = ${at} where name = any(${[...names]}::text[]) and is_latest
  `
}
