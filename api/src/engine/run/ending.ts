import type { TaskReason } from '@stint/schema/words'

/** Is it the end of a task that somebody cancelled? As the word of a signal and of an ending. */
export function isCancel(word: string | undefined): word is 'cancel' | 'force-cancel' {
  return word === 'cancel' || word === 'force-cancel'
}

/** What a signal wants and is not done yet: it stays in the mailbox until the task has stopped, or rests. */
export function isPending(ending: string | undefined, kind: string): boolean {
  if (isCancel(ending)) return isCancel(kind)
  if (ending === 'start-over') return kind === ending
  return ending === 'pause' && (kind === 'pause' || kind === 'parent-paused')
}

/** Ends a task at once, whatever its actions do. */
export function isForced(ending: string | undefined): boolean {
  return ending === 'force-cancel' || ending === 'force-unlock'
}

/** Steps that never ran stay as they are in a task that may be taken up again: one that was given up after it began. */
export function keepsSteps(reason: TaskReason | undefined, startedAt: Date | undefined): boolean {
  return startedAt !== undefined && (reason === 'unlocked' || reason === 'halted')
}
