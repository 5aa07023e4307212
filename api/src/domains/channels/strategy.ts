import type {
  NotificationStrategy,
  NotificationType,
  TaskReason,
  TaskResult,
  TaskState,
} from '@stint/schema/words'
import type { Strategies } from './model.ts'

/** How good or bad a piece of news is; strategies ask nothing else. */
export type Weight = 'failure' | 'done' | 'other'

/** A pause that somebody wanted is no failure, everything else that needs a person is. */
export function weightOfTask(state: TaskState, result: TaskResult, reason: TaskReason | undefined): Weight {
  if (state === 'paused') return reason === 'by-user' || reason === 'by-parent' ? 'other' : 'failure'
  if (state !== 'stopped' || result === 'cancelled') return 'other'
  return result === 'error' ? 'failure' : 'done'
}

const failedSteps = new Set(['FATAL_ERROR', 'CLIENT_ERROR', 'CRASHED', 'AFTERRUN_ERROR'])

export function weightOfStep(state: string): Weight {
  if (failedSteps.has(state)) return 'failure'
  return state === 'DONE' ? 'done' : 'other'
}

function wants(strategy: NotificationStrategy, weight: Weight): boolean {
  if (strategy === 'always') return true
  if (strategy === 'silent') return false
  return weight === 'failure' || (weight === 'done' && strategy === 'failure_or_done')
}

/** Asked of a person, so never worth less than a failure: only `silent` keeps it from being told. */
const asksSomebody: ReadonlySet<NotificationType> = new Set(['task_validation', 'task_input'])

/**
 * Does a channel tell this? A strategy for the template goes before one for the type, and that before the channel's own. Moves
 * of steps are told only where somebody wants them by name: they are many, and µTask's default buries the rest.
 */
export function tells(
  channel: { readonly strategy: NotificationStrategy; readonly strategies: Strategies },
  news: { readonly type: NotificationType; readonly template: string; readonly weight: Weight },
): boolean {
  const { byType, byTemplate } = channel.strategies
  const own = byTemplate[news.type]?.find(({ templates }) => templates.includes(news.template))?.strategy
  const general = news.type === 'task_step_update' ? 'silent' : channel.strategy
  const strategy = own ?? byType[news.type] ?? general
  return asksSomebody.has(news.type) ? strategy !== 'silent' : wants(strategy, news.weight)
}
