import { limits } from '@stint/schema/limits'
import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import { type Actor, can, demand, refused } from '../access/model.ts'
import type { TaskChanges } from './changes.ts'
import type { StepRow, TaskCommand, TaskEngine, TaskRow } from './model.ts'
import { tasksByIds } from './store/lists.ts'
import { stepsByKeys } from './store/steps.ts'
import { demandVerb } from './verbs.ts'
import { checkWait, waitForRest } from './wait.ts'

/** What a command needs: rows to judge by, the engine that carries it out, and somebody to wait with. */
export interface CommandParts {
  readonly app: App
  readonly engine: TaskEngine
  readonly changes: TaskChanges
}

export function noSuchTask(id: string): Problem {
  return new Problem('not-found', 'There is no such task, or you may not see it.', {
    details: { type: 'Task', id },
  })
}

/** Throws `not-found`, also for a task that may not be seen. */
export async function demandTask({ sql }: App, actor: Actor, taskId: string): Promise<TaskRow> {
  const [row] = await tasksByIds(sql, actor, [taskId])
  if (row === undefined) throw noSuchTask(taskId)
  return row
}

async function demandStep({ sql }: App, taskId: string, stepNo: number): Promise<StepRow> {
  const [row] = await stepsByKeys(sql, [{ taskId, stepNo }])
  if (row !== undefined) return row
  throw new Problem('not-found', `This task has no step ${stepNo}.`, {
    details: { type: 'Step', id: String(stepNo) },
  })
}

function demandComment(actor: Actor, text: string): void {
  if (!can(actor, 'task.command') && !can(actor, 'task.resolve') && !can(actor, 'task.create')) {
    throw refused('task.command')
  }
  const length = text.trim().length
  if (length > 0 && length <= limits.textLengthMax) return
  const message =
    length === 0 ? 'Write something.' : `A comment has at most ${limits.textLengthMax} characters.`
  throw new Problem('invalid-input', message, { details: { fields: [{ name: 'text', message }] } })
}

async function demandAllowed(app: App, actor: Actor, task: TaskRow, command: TaskCommand): Promise<void> {
  if (command.kind === 'comment') return demandComment(actor, command.text)
  const step = 'stepNo' in command ? await demandStep(app, task.id, command.stepNo) : undefined
  demandVerb(command.kind, actor, task, step)
}

function payloadOf(command: TaskCommand): unknown {
  if (command.kind === 'review-step') return { decision: command.decision, output: command.output ?? null }
  return command.kind === 'resolve' ? (command.resolverInput ?? {}) : undefined
}

/** A reason is a comment that stands in front of what it explains. */
async function carryOut(
  engine: TaskEngine,
  actor: string,
  taskId: string,
  command: TaskCommand,
): Promise<void> {
  if (command.kind === 'comment') return engine.comment(taskId, actor, command.text)
  const reason = 'reason' in command ? command.reason?.trim() : undefined
  if (reason) await engine.comment(taskId, actor, reason)
  const stepNo = 'stepNo' in command ? command.stepNo : undefined
  await engine.command(taskId, { kind: command.kind, actor, stepNo, payload: payloadOf(command) })
}

/**
 * Carries one command out, durably, and answers with the task as it then is; with `waitSeconds` not before the task has come to
 * rest. Judged here by the rows so that a refusal is a good sentence, and again by the engine under its locks.
 * Throws `not-found`, `forbidden`, `not-allowed-now`, `invalid-input`.
 */
export async function commandTask(
  { app, engine, changes }: CommandParts,
  actor: Actor | undefined,
  taskId: string,
  command: TaskCommand,
  waitSeconds?: number | null,
): Promise<TaskRow> {
  demand(actor, 'task.view')
  const seconds = checkWait(waitSeconds)
  const task = await demandTask(app, actor, taskId)
  await demandAllowed(app, actor, task, command)
  await carryOut(engine, actor.name, taskId, command)
  await waitForRest(changes, () => actor, taskId, seconds, task.stateUpdatedAt)
  return demandTask(app, actor, taskId)
}
