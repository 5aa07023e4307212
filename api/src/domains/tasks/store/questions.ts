import type { AnySql } from '../../../postgres/connect.ts'
import type { QuestionAccess } from '../../access/model.ts'
import type { StepKey } from './steps.ts'

/** A person is asked, and nobody has answered yet. */
export interface OpenQuestion extends QuestionAccess, StepKey {
  readonly id: string
}

/** Open inputs of these steps; their steps wait for them now. */
export async function openQuestions(sql: AnySql, keys: readonly StepKey[]): Promise<OpenQuestion[]> {
  return sql<OpenQuestion[]>`
    /* openQuestions */
    select question.id, question.task_id, question.step_no, question.answerers, question.answerer_groups
    from unnest(${keys.map((key) => key.taskId)}::uuid[], ${keys.map((key) => key.stepNo)}::int[]) as wanted (id, no)
    join question on question.task_id = wanted.id and question.step_no = wanted.no
    join step on step.task_id = wanted.id and step.no = wanted.no
    where question.kind = 'input' and question.answered_at is null and question.closed_at is null
      and step.state = 'WAITING'
  `
}
