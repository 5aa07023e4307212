import { limits } from '@stint/schema/limits'
import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import { type Actor, can, demand, refused } from '../access/model.ts'
import type { TaskChanges } from './changes.ts'
import { auditOf, demandConfirmed, isDangerous } from './dangerous.ts'
import { InputProblem } from './input-problem.ts'
import type { StepRow, TaskCommand, TaskEngine, TaskRow } from './model.ts'
import { demandSettable } from './set-state.ts'
import { tasksByIds } from './store/lists.ts'
import { stepsByKeys } from './store/steps.ts'
import { verbFactsOf } from './verb-facts.ts'
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

/** Throws `not-found`. */
export async function demandStep({ sql }: App, taskId: string, stepNo: number): Promise<StepRow> {
  const [row] = await stepsByKeys(sql, [{ taskId, stepNo }])
  if (row !== undefined) return row
  throw new Problem('not-found', `This task has no step ${stepNo}.`, {
    details: { type: 'Step', id: String(stepNo) },
  })
}

/** May this person comment, and is it a text? */
export function demandComment(actor: Actor, text: string): void {
  if (!can(actor, 'task.command') && !can(actor, 'task.resolve') && !can(actor, 'task.create')) {
    throw refused('task.command')
  }
  const length = text.trim().length
  if (length > 0 && length <= limits.textLengthMax) return
  const message =
    length === 0 ? 'Write something.' : `A comment has at most ${limits.textLengthMax} characters.`
  throw new Problem('invalid-input', message, { details: { fields: [{ name: 'text', message }] } })
}

async function demandAllowed(
  { app, engine }: CommandParts,
  actor: Actor,
  task: TaskRow,
  command: TaskCommand,
): Promise<void> {
  if (command.kind === 'comment') return demandComment(actor, command.text)
  const stepNo = 'stepNo' in command ? command.stepNo : undefined
  const step = stepNo === undefined ? undefined : await demandStep(app, task.id, stepNo)
  demandVerb(command.kind, actor, task, await verbFactsOf(app, actor, task), step)
  if (isDangerous(command)) demandConfirmed(command)
  if (command.kind === 'set-step-state' && step) await demandSettable(engine, task, step, command.state)
}

function payloadOf(command: TaskCommand): unknown {
  if (command.kind === 'review-step') return { decision: command.decision, output: command.output ?? null }
  if (command.kind === 'pause') return command.alone ? { alone: true } : undefined
  if (command.kind === 'set-step-state') return { state: command.state }
  return command.kind === 'resolve' ? (command.resolverInput ?? {}) : undefined
}

/** A task is accepted with everything that its template asks of a resolver, defaults filled in, or not at all. Throws `InputProblem`. */
async function completed(engine: TaskEngine, taskId: string, command: TaskCommand): Promise<TaskCommand> {
  if (command.kind !== 'resolve') return command
  const { problems, values } = await engine.checkApproval(taskId, command.resolverInput ?? {})
  if (problems.length > 0) throw new InputProblem(problems)
  return { ...command, resolverInput: values }
}

/** A reason is a comment that stands in front of what it explains. Answers the task to show: another one after a start over. */
async function carryOut(
  engine: TaskEngine,
  actor: Actor,
  task: TaskRow,
  command: TaskCommand,
): Promise<string> {
  const { id } = task
  const { name } = actor
  if (command.kind === 'comment') await engine.comment(id, name, command.text)
  if (command.kind === 'comment') return id
  const reason = 'reason' in command ? command.reason?.trim() : undefined
  if (reason) await engine.comment(id, name, reason)
  // What is over is final: a new task is made of it.
  if (command.kind === 'start-over' && task.state === 'stopped')
    return (await engine.startOver(id, name))?.id ?? id
  const stepNo = 'stepNo' in command ? command.stepNo : undefined
  const alongside = isDangerous(command) ? auditOf(actor, task, command) : undefined
  await engine.command(
    id,
    { kind: command.kind, actor: name, stepNo, payload: payloadOf(command) },
    alongside,
  )
  return id
}

/**
 * Carries one command out, durably, and answers with the task as it then is; with `waitSeconds` not before the task has come to
 * rest. Judged here by the rows so that a refusal is a good sentence, and again by the engine under its locks.
 * Throws `not-found`, `forbidden`, `not-allowed-now`, `invalid-input`.
 */
export async function commandTask(
  parts: CommandParts,
  actor: Actor | undefined,
  taskId: string,
  command: TaskCommand,
  waitSeconds?: number | null,
): Promise<TaskRow> {
  demand(actor, 'task.view')
  const { app, engine, changes } = parts
  const seconds = checkWait(waitSeconds)
  const task = await demandTask(app, actor, taskId)
  await demandAllowed(parts, actor, task, command)
  const shownId = await carryOut(engine, actor, task, await completed(engine, taskId, command))
  await waitForRest(changes, () => actor, shownId, seconds, task.stateUpdatedAt)
  return demandTask(app, actor, shownId)
}
