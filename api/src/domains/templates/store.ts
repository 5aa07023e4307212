import type { Template } from '@stint/schema/template-types'
import type postgres from 'postgres'
import { newId } from '../../base/ids.ts'
import type { AnySql } from '../../postgres/connect.ts'
import type { NewVersion, TemplateRow } from './model.ts'

function columns(sql: AnySql): postgres.Fragment {
  return sql`
    id, name, version, source, digest, text, definition, description, hidden, blocked, is_latest, retired_at, created_at,
    created_by
  `
}

export interface TemplatePage {
  /** Name behind which the page begins. */
  readonly after?: string
  readonly size: number
  /** With those that are hidden or retired. */
  readonly all: boolean
}

/** Newest versions by name; one row more than `size` when there is more. */
export function latestTemplates(sql: AnySql, { after, size, all }: TemplatePage): Promise<TemplateRow[]> {
  return sql<TemplateRow[]>`
    -- latestTemplates
    select ${columns(sql)}
    from template
    where is_latest
      ${after === undefined ? sql`` : sql`and name > ${after}`}
      ${all ? sql`` : sql`and not hidden and retired_at is null`}
    order by name
    limit ${size + 1}
  `
}

/** The newest version, or the one that is asked for. */
export async function findTemplate(
  sql: AnySql,
  name: string,
  version?: number,
): Promise<TemplateRow | undefined> {
  const [row] = await sql<TemplateRow[]>`
    -- findTemplate
    select ${columns(sql)}
    from template
    where name = ${name} and ${version === undefined ? sql`is_latest` : sql`version = ${version}`}
  `
  return row
}

/** Any versions, in no order; missing ones are left out. */
export function templatesByIds(sql: AnySql, ids: readonly string[]): Promise<TemplateRow[]> {
  return sql<TemplateRow[]>`
    -- templatesByIds
    select ${columns(sql)} from template where id = any(${[...ids]}::uuid[])
  `
}

/** What the engine runs. */
export async function findDefinition(sql: AnySql, id: string): Promise<Template | undefined> {
  const [row] = await sql<{ definition: Template }[]>`
    -- findTemplateDefinition
    select definition from template where id = ${id}
  `
  return row?.definition
}

/** One writer at a time until the transaction ends: two starts at once must not make the same version twice. */
export async function lockTemplates(tx: AnySql): Promise<void> {
  await tx`
    -- lockTemplates
    lock table template in share row exclusive mode
  `
}

/** Names of all that can be named by a step. */
export async function templateNames(sql: AnySql): Promise<ReadonlySet<string>> {
  const rows = await sql<{ name: string }[]>`
    -- templateNames
    select name from template where is_latest and retired_at is null
  `
  return new Set(rows.map((row) => row.name))
}

/** What a folder is compared with. `fileDigest` is of the newest version that came from a file, whoever saved later ones. */
export interface KnownTemplate {
  readonly name: string
  readonly source: TemplateRow['source']
  readonly fileDigest: string | null
  readonly retiredAt: Date | null
}

export function knownTemplates(tx: AnySql): Promise<KnownTemplate[]> {
  return tx<KnownTemplate[]>`
    -- knownTemplates
    select
      latest.name,
      latest.source,
      latest.retired_at,
      (
        select file.digest
        from template file
        where file.name = latest.name and file.source <> 'saved'
        order by file.version desc
        limit 1
      ) as file_digest
    from template latest
    where latest.is_latest
  `
}

/** The newest versions of templates that call functions and can be started. */
export function callingTemplates(sql: AnySql): Promise<TemplateRow[]> {
  return sql<TemplateRow[]>`
    -- callingTemplates
    select ${columns(sql)}
    from template
    where is_latest and retired_at is null and definition -> 'functions' is not null
    order by name
  `
}

/** Names of the templates whose newest version calls a function, also through others. */
export async function callersOf(
  sql: AnySql,
  functionNames: readonly string[],
): Promise<{ functionName: string; template: string }[]> {
  return sql<{ functionName: string; template: string }[]>`
    -- callersOfFunctions
    select called.name as function_name, template.name as template
    from template, lateral json_object_keys(template.definition -> 'functions') as called (name)
    where
      template.is_latest
      and template.retired_at is null
      and not template.hidden
      and template.definition -> 'functions' is not null
      and called.name = any(${[...functionNames]}::text[])
    order by template.name
  `
}

/**
 * Adds the next version under its name, which becomes the newest. A block that a person has set stays in force; one that the
 * old text asked for goes with it. Needs `lockTemplates`. The definition travels as text: as JSON the driver would send jsonb, which
 * forgets the order of names.
 */
export async function addVersion(tx: AnySql, fresh: NewVersion): Promise<TemplateRow> {
  const { definition } = fresh
  const before = await findTemplate(tx, definition.name)
  await tx`
    -- endLatestTemplate
    update template set is_latest = false where name = ${definition.name} and is_latest
  `
  const blocked = definition.blocked || (before?.blocked === true && !before.definition.blocked)
  const [row] = await tx<TemplateRow[]>`
    -- addTemplateVersion
    insert into template (
      id, name, version, source, digest, text, definition, description, hidden, blocked, created_by
    )
    values (
      ${newId()}, ${definition.name}, ${(before?.version ?? 0) + 1}, ${fresh.source}, ${fresh.digest}, ${fresh.text},
      ${JSON.stringify(definition)}::text::json, ${definition.description}, ${definition.hidden}, ${blocked},
      ${fresh.createdBy}
    )
    returning ${columns(tx)}
  `
  return row as TemplateRow
}

/** Sets when the files of these templates were found to be gone; null for files that are back. */
export async function setRetired(tx: AnySql, names: readonly string[], at: Date | null): Promise<void> {
  if (names.length === 0) return
  await tx`
    -- setTemplatesRetired
    update template
    set retired_at = ${at}
    where name = any(${[...names]}::text[]) and is_latest
  `
}

/** Answers the row as it is then; undefined when there is no such template. */
export async function setBlocked(
  tx: AnySql,
  name: string,
  blocked: boolean,
): Promise<TemplateRow | undefined> {
  const [row] = await tx<TemplateRow[]>`
    -- setTemplateBlocked
    update template set blocked = ${blocked} where name = ${name} and is_latest
    returning ${columns(tx)}
  `
  return row
}
