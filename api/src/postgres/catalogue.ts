import type { Sql } from './connect.ts'

interface TableRow {
  readonly name: string
  readonly options: readonly string[] | null
  readonly partitionBy: string | null
  readonly partitionOf: string | null
  readonly bound: string | null
}

interface ColumnRow {
  readonly tableName: string
  readonly name: string
  readonly type: string
  readonly notNull: boolean
  readonly identity: string
  readonly generated: string
  readonly defaultValue: string | null
  readonly comment: string | null
}

interface LineRow {
  readonly tableName: string
  readonly name: string
  readonly definition: string
}

/** The monthly partitions come and go with the calendar; what they look like is said by their parent. */
const monthly = '_[0-9]{6}$'

function tables(sql: Sql): Promise<TableRow[]> {
  return sql<TableRow[]>`
    -- tables
    select
      relation.relname as name,
      relation.reloptions as options,
      pg_get_partkeydef(relation.oid) as partition_by,
      parent.relname as partition_of,
      pg_get_expr(relation.relpartbound, relation.oid) as bound
    from pg_class relation
    left join pg_inherits on inhrelid = relation.oid
    left join pg_class parent on parent.oid = inhparent
    where relation.relnamespace = 'public'::regnamespace
      and relation.relkind in ('r', 'p')
      and not (relation.relispartition and relation.relname ~ ${monthly})
    order by relation.relname`
}

function columns(sql: Sql): Promise<ColumnRow[]> {
  return sql<ColumnRow[]>`
    -- columns
    select
      relation.relname as table_name,
      attname as name,
      format_type(atttypid, atttypmod) as type,
      attnotnull as not_null,
      attidentity as identity,
      attgenerated as generated,
      pg_get_expr(adbin, adrelid) as default_value,
      col_description(relation.oid, attnum) as comment
    from pg_attribute
    join pg_class relation on relation.oid = attrelid
    left join pg_attrdef on adrelid = relation.oid and adnum = attnum
    where relation.relnamespace = 'public'::regnamespace
      and relation.relkind in ('r', 'p')
      and attnum > 0
      and not attisdropped
    order by relation.relname, attnum`
}

/** Not-null constraints have rows of their own from PostgreSQL 18 on; the columns say them already. */
function constraints(sql: Sql): Promise<LineRow[]> {
  return sql<LineRow[]>`
    -- constraints
    select relation.relname as table_name, conname as name, pg_get_constraintdef(pg_constraint.oid) as definition
    from pg_constraint
    join pg_class relation on relation.oid = conrelid
    where relation.relnamespace = 'public'::regnamespace and contype in ('c', 'p', 'u', 'f', 'x')
    order by relation.relname, contype = 'p' desc, conname`
}

function indexes(sql: Sql): Promise<LineRow[]> {
  return sql<LineRow[]>`
    -- indexes
    select relation.relname as table_name, index.relname as name, pg_get_indexdef(indexrelid) as definition
    from pg_index
    join pg_class relation on relation.oid = indrelid
    join pg_class index on index.oid = indexrelid
    where relation.relnamespace = 'public'::regnamespace
      and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
    order by relation.relname, index.relname`
}

function triggers(sql: Sql): Promise<LineRow[]> {
  return sql<LineRow[]>`
    -- triggers
    select relation.relname as table_name, tgname as name, pg_get_triggerdef(pg_trigger.oid) as definition
    from pg_trigger
    join pg_class relation on relation.oid = tgrelid
    where relation.relnamespace = 'public'::regnamespace and not tgisinternal
    order by relation.relname, tgname`
}

function functions(sql: Sql): Promise<LineRow[]> {
  return sql<LineRow[]>`
    -- functions
    select '' as table_name, proname as name, pg_get_functiondef(oid) as definition
    from pg_proc
    where pronamespace = 'public'::regnamespace
      -- What an extension brings is not ours to print.
      and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e')
    order by proname, oid::regprocedure::text`
}

function columnLine(column: ColumnRow): string {
  const parts = [column.name, column.type]
  if (column.notNull) parts.push('not null')
  if (column.identity !== '')
    parts.push(`generated ${column.identity === 'a' ? 'always' : 'by default'} as identity`)
  else if (column.generated !== '') parts.push(`generated always as (${column.defaultValue}) stored`)
  else if (column.defaultValue !== null) parts.push(`default ${column.defaultValue}`)
  return parts.join(' ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

interface Catalogue {
  readonly columns: readonly ColumnRow[]
  readonly constraints: readonly LineRow[]
  /** Indexes and triggers. */
  readonly others: readonly LineRow[]
}

function body(name: string, { columns: all, constraints: rules }: Catalogue): string {
  const lines = [
    ...all.filter(({ tableName }) => tableName === name).map(columnLine),
    ...rules
      .filter(({ tableName }) => tableName === name)
      .map((rule) => `constraint ${rule.name} ${rule.definition}`),
  ]
  return `(\n${lines.map((line) => `  ${line}`).join(',\n')}\n)`
}

function tableText(table: TableRow, catalogue: Catalogue): string {
  const { name, partitionOf, bound, partitionBy, options } = table
  const storage = options === null ? '' : ` with (${options.join(', ')})`
  // A partition repeats its parent; only what is its own is worth a line.
  if (partitionOf !== null) return `create table ${name} partition of ${partitionOf} ${bound}${storage};`
  const partitioned = partitionBy === null ? '' : ` partition by ${partitionBy}`
  const lines = [`create table ${name} ${body(name, catalogue)}${partitioned}${storage};`]
  for (const other of catalogue.others) if (other.tableName === name) lines.push(`${other.definition};`)
  for (const { tableName, name: column, comment } of catalogue.columns) {
    if (tableName === name && comment !== null)
      lines.push(`comment on column ${name}.${column} is ${quoted(comment)};`)
  }
  return lines.join('\n')
}

/**
 * The schema as text that a person reads and a diff shows: tables with all that hangs on them, then functions. The same
 * for PostgreSQL 15 to 18. The embedded server brings no pg_dump.
 */
export async function printCatalogue(sql: Sql): Promise<string> {
  const catalogue: Catalogue = {
    columns: await columns(sql),
    constraints: await constraints(sql),
    others: [...(await indexes(sql)), ...(await triggers(sql))],
  }
  const texts = (await tables(sql)).map((table) => tableText(table, catalogue))
  const made = (await functions(sql)).map(({ definition }) => `${definition.trim()};`)
  return `${[...texts, ...made].join('\n\n')}\n`
}
