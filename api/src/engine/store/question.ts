import type { AnySql } from '../../postgres/connect.ts'

export interface QuestionRow {
  readonly id: string
  readonly taskId: string
  readonly stepNo: number
  readonly kind: 'callback' | 'input'
  readonly tokenHash: Buffer | null
  readonly form: Buffer
  readonly answerers: string[]
  readonly answererGroups: string[]
  readonly waitingSteps: number[]
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly answer: Buffer | null
  readonly answeredAt: Date | null
  readonly answeredBy: string | null
  readonly closedAt: Date | null
}

export type NewQuestionRow = Pick<
  QuestionRow,
  'id' | 'taskId' | 'stepNo' | 'kind' | 'tokenHash' | 'form' | 'answerers' | 'answererGroups' | 'waitingSteps'
> & { readonly expiresAt: Date | null }

const columns = (sql: AnySql) => sql`
  id, task_id, step_no, kind, token_hash, form, answerers, answerer_groups, waiting_steps, created_at, expires_at, answer,
  answered_at, answered_by, closed_at`

/** A step asks one thing at a time: when its question is open already, that one stands and nothing is returned. */
export async function insertQuestion(sql: AnySql, row: NewQuestionRow): Promise<QuestionRow | undefined> {
  const [inserted] = await sql<QuestionRow[]>`
    -- insertQuestion
    insert into question (
      id, task_id, step_no, kind, token_hash, form, answerers, answerer_groups, waiting_steps, expires_at
    )
    values (
      ${row.id}, ${row.taskId}, ${row.stepNo}, ${row.kind}, ${row.tokenHash}, ${row.form}, ${row.answerers}::text[],
      ${row.answererGroups}::text[], ${row.waitingSteps}::int[], ${row.expiresAt}
    )
    on conflict (task_id, step_no) where answered_at is null and closed_at is null do nothing
    returning ${columns(sql)}`
  return inserted
}

/** Nobody has answered it, and somebody may. */
export async function findOpenQuestion(
  sql: AnySql,
  taskId: string,
  stepNo: number,
): Promise<QuestionRow | undefined> {
  const [row] = await sql<QuestionRow[]>`
    -- findOpenQuestion
    select ${columns(sql)}
    from question
    where task_id = ${taskId} and step_no = ${stepNo} and answered_at is null and closed_at is null`
  return row
}

/** Which steps of these tasks ask something that nobody has answered, or wait for that answer. */
export function findAskingSteps(sql: AnySql, taskIds: readonly string[]) {
  return sql<Pick<QuestionRow, 'taskId' | 'stepNo' | 'kind' | 'waitingSteps'>[]>`
    -- findAskingSteps
    select task_id, step_no, kind, waiting_steps
    from question
    where task_id = any(${taskIds as string[]}::uuid[]) and answered_at is null and closed_at is null
    order by task_id, step_no`
}

/** A question, and the step that was asked about. */
export interface AskedRow extends QuestionRow {
  readonly ofStep: number
}

/** The newest question that each of these steps asked or waits for, whatever became of it. */
export function findLastQuestions(
  sql: AnySql,
  keys: readonly { taskId: string; stepNo: number }[],
): Promise<AskedRow[]> {
  return sql<AskedRow[]>`
    -- findLastQuestions
    select distinct on (u.of_task, u.of_step) u.of_step, ${columns(sql)}
    from unnest(${keys.map((k) => k.taskId)}::uuid[], ${keys.map((k) => k.stepNo)}::int[]) as u (of_task, of_step)
    join question on question.task_id = u.of_task and (question.step_no = u.of_step or u.of_step = any(question.waiting_steps))
    order by u.of_task, u.of_step, question.created_at desc`
}

export async function findQuestion(sql: AnySql, id: string): Promise<QuestionRow | undefined> {
  const [row] = await sql<QuestionRow[]>`
    -- findQuestion
    select ${columns(sql)} from question where id = ${id}`
  return row
}

/** Locked until the transaction ends: an answer and whoever takes the question back must not both win. */
export async function lockQuestion(sql: AnySql, id: string): Promise<QuestionRow | undefined> {
  const [row] = await sql<QuestionRow[]>`
    -- lockQuestion
    select ${columns(sql)} from question where id = ${id} for update`
  return row
}

/** The step is among those that look again when the answer comes. */
export async function joinQuestion(
  sql: AnySql,
  taskId: string,
  id: string,
  stepNo: number,
): Promise<QuestionRow | undefined> {
  const [row] = await sql<QuestionRow[]>`
    -- joinQuestion
    update question
    set waiting_steps = case when ${stepNo}::int = any(waiting_steps) then waiting_steps else waiting_steps || ${stepNo}::int end
    where id = ${id} and task_id = ${taskId}
    returning ${columns(sql)}`
  return row
}

/** Must run in the transaction that holds its lock. */
export async function answerQuestion(
  sql: AnySql,
  id: string,
  given: { readonly answer: Buffer; readonly by: string },
): Promise<void> {
  await sql`
    -- answerQuestion
    update question
    set answer = ${given.answer}, answered_at = clock_timestamp(), answered_by = ${given.by}
    where id = ${id} and answered_at is null and closed_at is null`
}

/** Unless it is answered; what stands then. */
export async function closeQuestion(
  sql: AnySql,
  taskId: string,
  id: string,
): Promise<QuestionRow | undefined> {
  const [row] = await sql<QuestionRow[]>`
    -- closeQuestion
    update question
    set closed_at = case when answered_at is null then coalesce(closed_at, now()) end
    where id = ${id} and task_id = ${taskId}
    returning ${columns(sql)}`
  return row
}
