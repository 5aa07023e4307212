import { AnswerProblem } from '../../engine/questions.ts'
import { type Actor, demand } from '../access/model.ts'
import { type CommandParts, demandStep, demandTask } from './command.ts'
import { InputProblem } from './input-problem.ts'
import type { TaskRow } from './model.ts'
import { openQuestions } from './store/questions.ts'
import { verbFactsOf } from './verb-facts.ts'
import { demandVerb } from './verbs.ts'

/**
 * Answers a step that asks a person; durable when it resolves, and the task goes on. Throws `InputProblem` with every field that
 * does not fit, `not-found`, `forbidden` for whoever is not asked, `not-allowed-now` when nobody is asked or somebody was quicker.
 */
export async function answerInput(
  { app, engine }: CommandParts,
  actor: Actor | undefined,
  taskId: string,
  stepNo: number,
  answer: unknown,
): Promise<TaskRow> {
  demand(actor, 'task.view')
  const task = await demandTask(app, actor, taskId)
  const step = await demandStep(app, taskId, stepNo)
  const [question] = await openQuestions(app.sql, [{ taskId, stepNo }])
  const facts = await verbFactsOf(app, actor, task)
  demandVerb('answer-input', actor, task, { ...facts, question }, step)
  if (question) await putAnswer(engine, question.id, actor.name, answer)
  return demandTask(app, actor, taskId)
}

async function putAnswer(
  engine: CommandParts['engine'],
  id: string,
  by: string,
  answer: unknown,
): Promise<void> {
  try {
    await engine.outside.questions.answerInput(id, by, answer)
  } catch (error) {
    if (error instanceof AnswerProblem) throw new InputProblem(error.fields)
    throw error
  }
}
