import { limits } from '@stint/schema/limits'
import type { AnySql } from '../../postgres/connect.ts'
import type { Actor } from '../access/model.ts'
import { record } from '../audit/store.ts'
import { InputProblem } from './input-problem.ts'
import type { DangerousCommand, TaskCommand, TaskRow } from './model.ts'

export function isDangerous(command: TaskCommand): command is DangerousCommand {
  return 'confirm' in command
}

/** A person must have read the consequences and say why. Throws `InputProblem`. */
export function demandConfirmed({ reason, confirm }: DangerousCommand): void {
  const length = reason.trim().length
  const problems = []
  if (!confirm) problems.push({ name: 'confirm', message: 'Read the consequences and confirm them.' })
  if (length === 0) problems.push({ name: 'reason', message: 'Say why: it stands on the audit record.' })
  if (length > limits.textLengthMax)
    problems.push({ name: 'reason', message: `At most ${limits.textLengthMax} characters.` })
  if (problems.length > 0) throw new InputProblem(problems)
}

/** The audit entry that commits with the command. */
export function auditOf(actor: Actor, task: TaskRow, { kind, reason }: DangerousCommand) {
  const { id, title, label, state, ownerName } = task
  const details = { title, label, state, reason: task.reason, owner: ownerName }
  return (tx: AnySql) =>
    record(tx, actor, [
      { action: `task.${kind}`, subjectType: 'task', subjectId: id, reason: reason.trim(), details },
    ])
}
