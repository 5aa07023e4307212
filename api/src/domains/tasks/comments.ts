import { Problem } from '../../base/problem.ts'
import { type Actor, demand } from '../access/model.ts'
import { type CommandParts, demandComment, demandTask } from './command.ts'
import type { TaskRow } from './model.ts'
import { findComment } from './store/events.ts'
import { notNow } from './verbs.ts'

/** Another text for a comment, or none any more. */
export interface Correction {
  /** Number of the comment on the record. */
  readonly seq: number
  /** Absent: the comment is taken back. */
  readonly text?: string
}

/**
 * Corrects or takes back a comment of one's own. What stands on the record stays there: a further entry says who corrected what
 * and when, so nothing that others have read and acted on disappears silently.
 * Throws `not-found`, `forbidden` for a comment of somebody else, `not-allowed-now` for one that was taken back, `invalid-input`.
 */
export async function correctComment(
  { app, engine }: CommandParts,
  actor: Actor | undefined,
  taskId: string,
  { seq, text }: Correction,
): Promise<TaskRow> {
  demand(actor, 'task.view')
  const task = await demandTask(app, actor, taskId)
  demandComment(actor, text ?? 'taken back')
  const comment = await findComment(app.sql, taskId, seq)
  if (comment === undefined) {
    throw new Problem('not-found', `There is no comment ${seq} on this task.`, {
      details: { type: 'Comment', id: String(seq) },
    })
  }
  if (comment.actor !== actor.name) {
    throw new Problem('forbidden', 'Only who wrote a comment may correct it or take it back.', {
      details: { permission: null },
    })
  }
  if (comment.isWithdrawn) throw notNow(task, 'This comment was taken back already.')
  const name = text === undefined ? 'comment-withdrawn' : 'comment-corrected'
  const data = { of: seq, ...(text !== undefined && { text: text.trim() }) }
  await engine.note(taskId, { event: { kind: 'comment', name, actor: actor.name, data } })
  return demandTask(app, actor, taskId)
}
