import type { TaskResult, TaskState } from '@stint/schema/words'
import type postgres from 'postgres'
import type { AnySql } from '../../postgres/connect.ts'
import { plain } from './arrays.ts'

/*
 * Deleting what is over. A family is a task that nothing gave birth to, everything its steps gave birth to, and what is about any
 * of them, such as deliveries: it goes as one.
 */

/**
 * Which heads of families may go: kept as long as their template says, as the installation says, or internal; and whatever is
 * over, when a person says so.
 */
export type KeepRule =
  | { readonly by: 'template' }
  | { readonly by: 'setting'; readonly keepMs: number }
  | { readonly by: 'internal'; readonly keepMs: number }
  | { readonly by: 'person' }

/** The row of a head in the order of its rule. */
export interface DuePlace {
  /** As exactly as the database knows it. */
  readonly at: string
  readonly id: string
}

const before = (sql: AnySql, keepMs: number) => sql`now() - make_interval(secs => ${keepMs / 1000}::float8)`

/** What makes a task the head of a family whose time has come; each form has an index of its own. */
function isDue(sql: AnySql, rule: KeepRule): postgres.Fragment {
  switch (rule.by) {
    case 'template':
      return sql`task.kept_until <= now() and task.parent_id is null`
    case 'setting':
      return sql`
        task.state = 'stopped' and task.kept_until is null and task.parent_id is null and task.about_task_id is null
        and task.ended_at <= ${before(sql, rule.keepMs)}`
    case 'internal':
      return sql`
        task.state = 'stopped' and task.about_task_id is not null and task.ended_at <= ${before(sql, rule.keepMs)}`
    case 'person':
      return sql`task.state = 'stopped' and task.parent_id is null and task.about_task_id is null`
  }
}

/** Heads of families whose time has come, the one that has been due longest first. */
export function findDueTasks(sql: AnySql, rule: KeepRule, after: DuePlace | undefined, limit: number) {
  const column = rule.by === 'template' ? sql`task.kept_until` : sql`task.ended_at`
  return sql<DuePlace[]>`
    -- findDueTasks
    select ${column}::text as at, task.id
    from task
    where ${isDue(sql, rule)}
      ${after ? sql`and (${column}, task.id) > (${after.at}::text::timestamptz, ${after.id}::uuid)` : sql``}
    order by ${column}, task.id
    limit ${limit}`
}

/** Part of a statement: all members of the families of these heads. */
const families = (sql: AnySql, headIds: readonly string[]) => sql`
  recursive family (head_id, id) as (
    select head_id, head_id from unnest(${plain(headIds)}::uuid[]) as head (head_id)
    union
    select family.head_id, member.id
    from family
    cross join lateral (
      select child.id from task child where child.parent_id = family.id
      union all
      select about.id from task about where about.about_task_id = family.id and about.id <> family.id
    ) as member
  )`

export interface FamilyMember {
  readonly headId: string
  readonly id: string
}

export function findFamilies(sql: AnySql, headIds: readonly string[]) {
  return sql<FamilyMember[]>`
    -- findFamilies
    with ${families(sql, headIds)}
    select head_id, id from family`
}

export interface DoomedTask {
  readonly id: string
  readonly label: string
  readonly state: TaskState
  readonly result: TaskResult
  readonly isInternal: boolean
}

/**
 * Of these tasks those that are over, locked against everybody. Rows that somebody has locked are left out: a flush that writes
 * a comment, or a person who takes a task up again, is never waited for and goes first.
 */
export function lockStopped(tx: AnySql, ids: readonly string[]) {
  return tx<DoomedTask[]>`
    -- lockStopped
    select id, label, state, result, about_task_id is not null as is_internal
    from task
    where id = any(${plain(ids)}::uuid[]) and state = 'stopped' and executor_id is null
    order by id
    for update skip locked`
}

/**
 * Why a family stays: one of it is not over · its head is none whose time has come, such as one that ended again since it was
 * found · somebody takes one up again · another task waits for how one ended · a start counts within the window of a rate.
 */
export type KeptBy = 'unfinished' | 'not-due' | 'resumed' | 'awaited' | 'rate'

export interface JudgedMember extends FamilyMember {
  /** Null when this one keeps nothing. */
  readonly keptBy: KeptBy | null
}

/**
 * The families again, with what keeps them. Asked after their rows were locked: what was committed until then is seen here, and
 * nothing of that kind can come any more.
 */
export function judgeFamilies(tx: AnySql, rule: KeepRule, headIds: readonly string[]) {
  return tx<JudgedMember[]>`
    -- judgeFamilies
    with ${families(tx, headIds)}
    select
      family.head_id, family.id,
      case
        when exists (
          select from task where task.id = family.id and (task.state <> 'stopped' or task.executor_id is not null)
        ) then 'unfinished'
        when family.id = family.head_id
          and not exists (select from task where task.id = family.id and ${isDue(tx, rule)}) then 'not-due'
        when exists (select from signal where signal.task_id = family.id and signal.kind = 'resume') then 'resumed'
        when exists (
          select from task_dependency
          join task on task.id = task_dependency.task_id
          where task_dependency.depends_on_id = family.id and task.state <> 'stopped' and task.started_at is null
        ) then 'awaited'
        when exists (select from hold where hold.task_id = family.id and hold.until > now()) then 'rate'
      end as kept_by
    from family`
}

export interface FamilyWeight {
  /** Those that its heads, or their children, gave birth to. */
  readonly children: number
  /** At most as many as were asked for. */
  readonly attempts: number
}

/** How much goes with these heads of families; more than `most` of one kind is not counted. */
export async function weighFamilies(
  sql: AnySql,
  headIds: readonly string[],
  most: number,
): Promise<FamilyWeight> {
  const [row] = await sql<FamilyWeight[]>`
    -- weighFamilies
    with ${families(sql, headIds)}
    select
      (select count(*)::int from (
        select from family join task on task.id = family.id
        where family.id <> family.head_id and task.about_task_id is null
        limit ${most}
      ) as child) as children,
      (select count(*)::int from (
        select from family
        cross join lateral (select from attempt where attempt.task_id = family.id limit ${most}) as one
        limit ${most}
      ) as tried) as attempts`
  return row ?? { children: 0, attempts: 0 }
}

const tables = [
  'signal',
  'timer',
  'question',
  'output',
  'attempt',
  'event',
  'step',
  'report',
  'link',
  'hold',
  'wait',
  'payload',
] as const

/** Deletes all rows of locked tasks, the tasks last; returns how many rows that were. Must run in the transaction of the locks. */
export async function deleteTasks(tx: AnySql, ids: readonly string[]): Promise<number> {
  const list = plain(ids)
  const deleted = await Promise.all([
    ...tables.map(
      (table) => tx`
        -- deleteRowsOfTasks
        delete from ${tx(table)} where task_id = any(${list}::uuid[])`,
    ),
    tx`
      -- deleteDependencies
      delete from task_dependency where task_id = any(${list}::uuid[]) or depends_on_id = any(${list}::uuid[])`,
    tx`
      -- deleteTasks
      delete from task where id = any(${list}::uuid[])`,
  ])
  return deleted.reduce((sum, { count }) => sum + count, 0)
}

/** A row that somebody else has locked is not worth waiting for: the tasks come again with the next sweep. */
export function limitRemoval(tx: AnySql) {
  return tx`
    -- limitRemoval
    select set_config('lock_timeout', '500ms', true), set_config('statement_timeout', '60s', true)`
}

/** Tells internal tasks about others that need a person, and have needed one for so long, to give up; returns which. */
export function giveUpInternal(sql: AnySql, keepMs: number, limit: number) {
  return sql<{ taskId: string }[]>`
    -- giveUpInternal
    insert into signal (task_id, kind, actor)
    select task.id, 'cancel', 'engine'
    from task
    where task.state = 'paused' and task.about_task_id <> task.id and task.state_updated_at <= ${before(sql, keepMs)}
      and not exists (select from signal where signal.task_id = task.id and signal.kind = 'cancel')
    order by task.state_updated_at, task.id
    limit ${limit}
    returning task_id`
}
