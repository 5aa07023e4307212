import type { Actor } from '../access/model.ts'
import { demand } from '../access/model.ts'
import { type CommandParts, demandTask } from './command.ts'
import { InputProblem } from './input-problem.ts'
import type { TaskRow } from './model.ts'
import { problemsOfRequest } from './new-task.ts'
import { verbFactsOf } from './verb-facts.ts'
import { demandVerb } from './verbs.ts'

/** What is absent stays; an input is the whole form, with secrets as they are shown where they shall stay. */
export interface RequestEdit {
  readonly input?: Readonly<Record<string, unknown>> | null
  readonly resolverInput?: Readonly<Record<string, unknown>> | null
  readonly tags?: Readonly<Record<string, string>> | null
  readonly reason?: string | null
}

/**
 * Changes the request of a task that is paused or has not begun; the record names the fields that changed, not their values.
 * Throws `InputProblem`, `not-found`, `forbidden`, `not-allowed-now`.
 */
export async function editRequest(
  { app, engine }: CommandParts,
  actor: Actor | undefined,
  taskId: string,
  edit: RequestEdit,
): Promise<TaskRow> {
  demand(actor, 'task.view')
  const task = await demandTask(app, actor, taskId)
  demandVerb('edit-request', actor, task, await verbFactsOf(app, actor, task))
  if (edit.resolverInput && task.reason === 'approval') {
    throw new InputProblem([
      { name: 'resolverInput', message: 'Whoever accepts the task gives its resolver inputs.' },
    ])
  }
  const { input, resolverInput, tags } = edit
  const problems = [
    ...problemsOfRequest({ tags }),
    ...(await engine.editRequest(taskId, actor.name, {
      ...(input && { input }),
      ...(resolverInput && { resolverInput }),
      ...(tags && { tags }),
    })),
  ]
  if (problems.length > 0) throw new InputProblem(problems)
  const reason = edit.reason?.trim()
  if (reason) await engine.comment(taskId, actor.name, reason)
  return demandTask(app, actor, taskId)
}
