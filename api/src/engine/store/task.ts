import type { TaskKind, TaskReason, TaskResult, TaskState } from '@stint/schema/words'
import type { AnySql, Sql } from '../../postgres/connect.ts'
import type { Birth, TaskPatch, TaskPeople } from '../change.ts'
import { instants, jsonTexts, plain, textLists, texts } from './arrays.ts'

export interface TaskRow {
  readonly id: string
  readonly kind: TaskKind
  readonly label: string
  readonly title: string
  readonly state: TaskState
  readonly result: TaskResult
  readonly reason: TaskReason | null
  readonly executorId: string | null
  readonly epoch: number
  readonly takeovers: number
  readonly retryCount: number
  readonly lastSeq: number
  readonly progress: number
  readonly priority: number
  readonly region: string | null
  readonly templateId: string | null
  readonly ownerId: string | null
  readonly ownerName: string
  readonly ownerGroups: string[]
  readonly resolvers: string[]
  readonly resolverGroups: string[]
  readonly watchers: string[]
  readonly watcherGroups: string[]
  readonly parentId: string | null
  readonly parentStepNo: number | null
  readonly depth: number
  /** Set for internal tasks; see NewTask. */
  readonly aboutTaskId: string | null
  readonly tags: Record<string, string>
  readonly errorSummary: string | null
  readonly errorFingerprint: string | null
  readonly startAt: Date | null
  readonly startBefore: Date | null
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  readonly stateUpdatedAt: Date
}

const columns = (sql: AnySql) => sql`
  id, kind, label, title, state, result, reason, executor_id, epoch, takeovers, retry_count, last_seq, progress, priority,
  region, template_id, owner_id, owner_name, owner_groups, resolvers, resolver_groups, watchers, watcher_groups, parent_id, parent_step_no,
  depth, about_task_id, tags, error_summary, error_fingerprint, start_at, start_before, created_at, started_at, ended_at, state_updated_at`

/** What the fence needs to know of each row, locked in id order. */
export interface LockedTask {
  readonly id: string
  readonly epoch: number
  readonly executorId: string | null
  readonly state: TaskState
  readonly result: TaskResult
  readonly kind: TaskKind
  readonly isInternal: boolean
  readonly lastSeq: number
  readonly parentId: string | null
  readonly parentStepNo: number | null
}

/**
 * Locks task rows in id order and reads what the fence asks. Only a locked row is a fence: a join on the epoch without
 * the lock let an old epoch's write land. Must run in a transaction.
 */
export function lockTasks(sql: AnySql, ids: readonly string[]) {
  return sql<LockedTask[]>`
    -- lockTasks
    select id, epoch, executor_id, state, result, kind, about_task_id is not null as is_internal, last_seq, parent_id, parent_step_no
    from task
    where id = any(${plain(ids)}::uuid[])
    order by id
    for no key update`
}

export function findTasks(sql: AnySql, ids: readonly string[]): Promise<TaskRow[]> {
  return sql<TaskRow[]>`
    -- findTasks
    select ${columns(sql)} from task where id = any(${plain(ids)}::uuid[])`
}

export async function findTaskByKey(
  sql: AnySql,
  ownerName: string,
  key: string,
): Promise<TaskRow | undefined> {
  const [row] = await sql<TaskRow[]>`
    -- findTaskByKey
    select ${columns(sql)} from task where owner_name = ${ownerName} and idempotency_key = ${key}`
  return row
}

/** Columns of a patch as arrays, one per column: a statement for any number of rows. */
function patchArrays(patches: readonly TaskPatch[]) {
  return {
    title: patches.map((p) => p.title),
    state: patches.map((p) => p.state),
    result: patches.map((p) => p.result),
    reason: patches.map((p) => p.reason ?? null),
    progress: patches.map((p) => p.progress),
    takeovers: patches.map((p) => p.takeovers),
    retryCount: patches.map((p) => p.retryCount),
    tags: jsonTexts(patches.map((p) => p.tags)),
    errorSummary: patches.map((p) => p.errorSummary ?? null),
    errorFingerprint: patches.map((p) => p.errorFingerprint ?? null),
    startAt: patches.map((p) => p.startAt ?? null),
    startedAt: patches.map((p) => p.startedAt ?? null),
    endedAt: patches.map((p) => p.endedAt ?? null),
    stateUpdatedAt: patches.map((p) => p.stateUpdatedAt),
  }
}

export function insertTasks(sql: AnySql, births: readonly Birth[], executorId: string) {
  const p = patchArrays(births.map((b) => b.task))
  return sql`
    -- insertTasks
    insert into task (
      id, kind, label, title, state, result, reason, executor_id, epoch, last_seq, progress, priority, region,
      template_id, owner_id, owner_name, owner_groups, resolvers, resolver_groups, watchers, watcher_groups, parent_id,
      parent_step_no, depth, born_group, born_index, stops_with_parent, about_task_id, idempotency_key, keep_seconds, tags, start_at, start_before, created_at, started_at, ended_at, state_updated_at
    )
    select
      id, kind, label, title, state, result, reason, case when claimed = 1 then ${executorId}::uuid end, claimed, seq,
      progress, priority, region, template_id, owner_id, owner_name, owner_groups::text[],
      resolvers::text[], resolver_groups::text[], watchers::text[], watcher_groups::text[], parent_id, parent_step_no,
      depth, born_group, born_index, stays = 0, about_task_id, idempotency_key, keep_seconds, tags::jsonb, to_timestamp(start_at / 1000), to_timestamp(start_before / 1000), to_timestamp(created_at / 1000),
      to_timestamp(started_at / 1000), to_timestamp(ended_at / 1000), to_timestamp(state_updated_at / 1000)
    from unnest(
      ${plain(births.map((b) => b.id))}::uuid[], ${texts(births.map((b) => b.kind))}::text[], ${texts(births.map((b) => b.label))}::text[],
      ${texts(p.title)}::text[], ${texts(p.state)}::text[], ${texts(p.result)}::text[], ${texts(p.reason)}::text[],
      ${plain(births.map((b) => (b.claimed ? 1 : 0)))}::int[], ${plain(births.map((b) => b.events.length))}::int[],
      ${plain(p.progress)}::real[], ${plain(births.map((b) => b.priority))}::smallint[], ${texts(births.map((b) => b.region ?? null))}::text[],
      ${plain(births.map((b) => b.templateId ?? null))}::uuid[], ${plain(births.map((b) => b.ownerId ?? null))}::uuid[],
      ${texts(births.map((b) => b.ownerName))}::text[], ${textLists(births.map((b) => b.ownerGroups ?? []))}::text[],
      ${textLists(births.map((b) => b.resolvers))}::text[],
      ${textLists(births.map((b) => b.resolverGroups))}::text[],
      ${textLists(births.map((b) => b.watchers))}::text[], ${textLists(births.map((b) => b.watcherGroups))}::text[],
      ${plain(births.map((b) => b.parent?.id))}::uuid[], ${plain(births.map((b) => b.parent?.stepNo))}::int[],
      ${plain(births.map((b) => b.parent?.depth ?? 0))}::smallint[], ${plain(births.map((b) => b.parent?.group))}::int[],
      ${plain(births.map((b) => b.parent?.index))}::int[], ${plain(births.map((b) => (b.parent?.stopsWithParent === false ? 1 : 0)))}::int[],
      ${plain(births.map((b) => b.aboutTaskId ?? null))}::uuid[], ${texts(births.map((b) => b.idempotencyKey ?? null))}::text[],
      ${plain(births.map((b) => b.keepSeconds))}::bigint[],
      ${p.tags}::text[], ${instants(p.startAt)}::float8[], ${instants(births.map((b) => b.startBefore ?? null))}::float8[],
      ${instants(births.map((b) => b.createdAt))}::float8[], ${instants(p.startedAt)}::float8[], ${instants(p.endedAt)}::float8[],
      ${instants(p.stateUpdatedAt)}::float8[]
    ) as u (
      id, kind, label, title, state, result, reason, claimed, seq, progress, priority, region, template_id, owner_id,
      owner_name, owner_groups, resolvers, resolver_groups, watchers, watcher_groups, parent_id, parent_step_no, depth, born_group,
      born_index, stays, about_task_id, idempotency_key, keep_seconds, tags, start_at, start_before, created_at, started_at, ended_at, state_updated_at
    )`
}

export interface TaskUpdate {
  readonly id: string
  readonly patch: TaskPatch
  readonly events: number
  readonly release: boolean
}

/**
 * Writes task rows whose locks the transaction holds. A release happens only where no signal is left, checked in this
 * very statement: a signal that came meanwhile keeps the task with its runner. Applied signals must be deleted before.
 */
export function updateTasks(sql: AnySql, updates: readonly TaskUpdate[]) {
  const p = patchArrays(updates.map((u) => u.patch))
  return sql<{ id: string; released: boolean }[]>`
    -- updateTasks
    update task
    set
      title = u.title,
      state = u.state,
      result = u.result,
      reason = u.reason,
      progress = u.progress,
      takeovers = u.takeovers,
      retry_count = u.retry_count,
      tags = u.tags::jsonb,
      error_summary = u.error_summary,
      error_fingerprint = u.error_fingerprint,
      start_at = to_timestamp(u.start_at / 1000),
      started_at = to_timestamp(u.started_at / 1000),
      ended_at = to_timestamp(u.ended_at / 1000),
      state_updated_at = to_timestamp(u.state_updated_at / 1000),
      last_seq = task.last_seq + u.events,
      executor_id = case
        when u.state = 'stopped' then null
        when u.release = 1 and not exists (select from signal where signal.task_id = task.id) then null
        else task.executor_id
      end
    from unnest(
      ${plain(updates.map((u) => u.id))}::uuid[], ${plain(updates.map((u) => u.events))}::int[],
      ${plain(updates.map((u) => (u.release ? 1 : 0)))}::int[], ${texts(p.title)}::text[], ${texts(p.state)}::text[], ${texts(p.result)}::text[],
      ${texts(p.reason)}::text[], ${plain(p.progress)}::real[], ${plain(p.takeovers)}::smallint[], ${plain(p.retryCount)}::int[],
      ${p.tags}::text[], ${texts(p.errorSummary)}::text[], ${texts(p.errorFingerprint)}::text[], ${instants(p.startAt)}::float8[],
      ${instants(p.startedAt)}::float8[], ${instants(p.endedAt)}::float8[], ${instants(p.stateUpdatedAt)}::float8[]
    ) as u (
      id, events, release, title, state, result, reason, progress, takeovers, retry_count, tags, error_summary,
      error_fingerprint, start_at, started_at, ended_at, state_updated_at
    )
    where task.id = u.id
    returning task.id, task.executor_id is null as released`
}

/** Writes who may see and resolve tasks whose locks the transaction holds; what is absent stays. */
export function updatePeople(sql: AnySql, people: readonly (TaskPeople & { id: string })[]) {
  const lists = (of: (each: TaskPeople) => readonly string[] | undefined) =>
    textLists(people.map((each) => of(each)))
  return sql`
    -- updatePeople
    update task
    set
      watchers = coalesce(u.watchers::text[], task.watchers),
      watcher_groups = coalesce(u.watcher_groups::text[], task.watcher_groups),
      resolvers = coalesce(u.resolvers::text[], task.resolvers),
      resolver_groups = coalesce(u.resolver_groups::text[], task.resolver_groups)
    from unnest(
      ${plain(people.map((each) => each.id))}::uuid[], ${lists((each) => each.watchers)}::text[],
      ${lists((each) => each.watcherGroups)}::text[], ${lists((each) => each.resolvers)}::text[],
      ${lists((each) => each.resolverGroups)}::text[]
    ) as u (id, watchers, watcher_groups, resolvers, resolver_groups)
    where task.id = u.id`
}

/** Counts events on rows whose lock the transaction holds; the events themselves are numbered by the caller. */
export function advanceSeq(sql: AnySql, counts: readonly { id: string; events: number }[]) {
  return sql`
    -- advanceSeq
    update task
    set last_seq = task.last_seq + u.events
    from unnest(${plain(counts.map((c) => c.id))}::uuid[], ${plain(counts.map((c) => c.events))}::int[]) as u (id, events)
    where task.id = u.id`
}

/**
 * A task that was given up in the middle may be taken up again, see engine/task.ts. One that never began may not: whatever
 * held it back then (an approval, other tasks, its time) would be forgotten.
 */
export const isRevivable = (sql: AnySql) => sql`
  (task.state = 'stopped' and task.reason in ('unlocked', 'halted') and task.started_at is not null)`

/**
 * Gives locked, unowned tasks to an executor under a new epoch. A task that was given up and shall go on is paused from this
 * moment on, as it may have been before: the signal that asked for it does the rest.
 */
export function claimTasks(sql: AnySql, ids: readonly string[], executorId: string) {
  return sql<TaskRow[]>`
    -- claimTasks
    update task
    set
      executor_id = ${executorId},
      epoch = epoch + 1,
      state = case when state = 'stopped' then 'paused' else state end,
      reason = case when state = 'stopped' then 'by-user' else reason end,
      result = 'pending',
      ended_at = case when state = 'stopped' then null else ended_at end,
      state_updated_at = case when state = 'stopped' then clock_timestamp() else state_updated_at end
    where id = any(${plain(ids)}::uuid[]) and executor_id is null and kind = 'run'
      and (
        state <> 'stopped'
        or ${isRevivable(sql)} and exists (select from signal where signal.task_id = task.id and signal.kind = 'resume')
      )
    returning ${columns(sql)}`
}

/**
 * Resolves when no flush is writing this task, and keeps the next one waiting: a signal that is sent then cannot miss the end
 * of the task and lie unread for ever. Must run in the transaction that sends it.
 */
export function waitForFlush(sql: AnySql, id: string) {
  return sql`
    -- waitForFlush
    select from task where id = ${id} for share`
}

/**
 * Takes a task away from whoever holds it: nothing of that runner can be written any more. Counted as a takeover, so that
 * what its steps started on this machine is ended by whoever claims it. Returns whether somebody held it.
 * Must run in the transaction that sends the signal which ends the task.
 */
export async function fenceTask(sql: AnySql, id: string): Promise<boolean> {
  const rows = await sql`
    -- fenceTask
    update task
    set executor_id = null, epoch = epoch + 1, takeovers = takeovers + 1
    where id = ${id} and executor_id is not null and kind = 'run'
    returning id`
  return rows.length === 1
}

/** Every task that an executor holds. Walks over all it ever held that a long snapshot may still see. */
export function findOwnedTasks(sql: AnySql, executorId: string) {
  return sql<{ id: string }[]>`
    -- findOwnedTasks
    select id from task where executor_id = ${executorId}`
}

/** Who holds these tasks now; for a commit whose answer was lost. */
export function ownersOfTasks(sql: Sql | AnySql, ids: readonly string[]) {
  return sql<{ id: string; executorId: string | null; epoch: number }[]>`
    -- ownersOfTasks
    select id, executor_id, epoch from task where id = any(${plain(ids)}::uuid[])`
}

/**
 * Frees the tasks of a dead executor under a new epoch, so that nothing of the old one can be written between this and the
 * next claim; at most `limit`, in id order. Only tasks in the middle of a step count the takeover: what merely waited in the
 * dead executor had no part in its death. Must run in a transaction.
 */
export function freeTasks(sql: AnySql, executorId: string, limit: number) {
  return sql<{ id: string }[]>`
    -- freeTasks
    with owned as (
      select id from task where executor_id = ${executorId} order by id limit ${limit} for no key update
    )
    update task
    set
      executor_id = null,
      epoch = epoch + 1,
      takeovers = takeovers
        + (exists (select from step where step.task_id = task.id and step.state = 'RUNNING'))::int
    from owned
    where task.id = owned.id
    returning task.id`
}
