import type postgres from 'postgres'
import type { AnySql } from '../../../postgres/connect.ts'
import type { Actor } from '../../access/model.ts'
import { answerableQuestions, commandableTasks, resolvableTasks } from '../../access/visible.ts'
import type { AttentionKind } from '../model.ts'

type Fragment = postgres.Fragment

export interface AttentionRow {
  readonly kind: AttentionKind
  readonly taskId: string
  /** Of an input. */
  readonly stepNo: number | null
  readonly since: Date
  /** `since` as exactly as the database knows it. */
  readonly sinceText: string
}

/** The place of a row in the list: after all that waited longer. */
export interface AttentionPlace {
  readonly sinceText: string
  readonly taskId: string
  readonly stepNo: number
}

/** A task as a whole stands before its steps. */
export const wholeTask = -1

interface Part {
  readonly kinds: readonly AttentionKind[]
  readonly rows: (after: Fragment, limit: number) => Fragment
}

/** What may wait for this person, each kind found through an index of few rows. */
function partsFor(sql: AnySql, actor: Actor): Part[] {
  return [
    {
      kinds: ['approval'],
      rows: (after, limit) => sql`
        /* attentionApprovals */
        select 'approval' as kind, task.id as task_id, ${wholeTask}::int as step_no, task.state_updated_at as since
        from task
        where task.state = 'pending' and task.reason = 'approval' and ${resolvableTasks(sql, actor)} ${after}
        order by since, task_id
        limit ${limit}`,
    },
    {
      kinds: ['review'],
      rows: (after, limit) => sql`
        /* attentionReviews */
        select 'review' as kind, task.id as task_id, ${wholeTask}::int as step_no, task.state_updated_at as since
        from task
        where task.state = 'paused' and task.reason = 'needs-review' and ${commandableTasks(sql, actor)} ${after}
        order by since, task_id
        limit ${limit}`,
    },
    {
      kinds: ['paused'],
      rows: (after, limit) => sql`
        /* attentionPaused */
        select 'paused' as kind, task.id as task_id, ${wholeTask}::int as step_no, task.state_updated_at as since
        from task
        where task.state = 'paused' and task.reason not in ('needs-review', 'by-parent')
          and ${commandableTasks(sql, actor)} ${after}
        order by since, task_id
        limit ${limit}`,
    },
    {
      kinds: ['input'],
      rows: (after, limit) => sql`
        /* attentionInputs */
        select 'input' as kind, task.id as task_id, question.step_no, question.created_at as since
        from question
        join task on task.id = question.task_id
        join step on step.task_id = question.task_id and step.no = question.step_no
        where question.kind = 'input' and question.answered_at is null and question.closed_at is null
          and step.state = 'WAITING' and task.state <> 'stopped' and ${answerableQuestions(sql, actor)} ${after}
        order by since, task_id, question.step_no
        limit ${limit}`,
    },
  ]
}

function union(sql: AnySql, actor: Actor, kinds: readonly AttentionKind[], page: PageRows): Fragment {
  const parts = partsFor(sql, actor).filter((part) => part.kinds.some((kind) => kinds.includes(kind)))
  const beyond = ({ sinceText, taskId, stepNo }: AttentionPlace, isInput: boolean) => {
    const [at, no] = isInput
      ? [sql`question.created_at`, sql`question.step_no`]
      : [sql`task.state_updated_at`, sql`${wholeTask}::int`]
    return sql`and (${at}, task.id, ${no}) > (${sinceText}::text::timestamptz, ${taskId}::uuid, ${stepNo}::int)`
  }
  return parts
    .map((part) => {
      const after = page.after ? beyond(page.after, part.kinds.includes('input')) : sql``
      return sql`(${part.rows(after, page.limit)})`
    })
    .reduce((all, part) => sql`${all} union all ${part}`)
}

interface PageRows {
  readonly after: AttentionPlace | undefined
  readonly limit: number
}

/** What waits for this person and what he may act on, longest first; at most `limit`. */
export async function attentionRows(
  sql: AnySql,
  actor: Actor,
  kinds: readonly AttentionKind[],
  page: PageRows,
): Promise<AttentionRow[]> {
  return sql<AttentionRow[]>`
    /* attentionRows */
    select kind, task_id, nullif(step_no, ${wholeTask}::int) as step_no, since, since::text as since_text
    from (${union(sql, actor, kinds, page)}) as item
    order by since, task_id, item.step_no
    limit ${page.limit}
  `
}

/** How many there are, up to `limit` of each kind. */
export async function countAttention(
  sql: AnySql,
  actor: Actor,
  kinds: readonly AttentionKind[],
  limit: number,
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    /* countAttention */
    select count(*)::int as count from (${union(sql, actor, kinds, { after: undefined, limit })}) as item
  `
  return row?.count ?? 0
}
