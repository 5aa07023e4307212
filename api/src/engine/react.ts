import type { Logger } from '../base/log.ts'
import type { Birth } from './change.ts'
import type { Executor } from './executor.ts'
import type { News } from './news.ts'
import { conceive, type NewTask } from './start.ts'

/** Answers news with tasks of the installation itself. */
export interface Reactions {
  /** False: nobody wants to hear anything, and nothing is put together. Asked with every flush. */
  readonly isListening: boolean
  to(news: News): readonly NewTask[]
}

/** Undefined while nobody listens. A fault of whoever listens must not keep the task from going on. */
export function reactingTo(executor: Executor, reactions: Reactions | undefined, log: Logger) {
  if (!reactions?.isListening) return undefined
  return (news: News): Birth[] => {
    try {
      return reactions
        .to(news)
        .map((request) => conceive(executor, request, executor.planOfDefinition(request.template)).birth)
    } catch (error) {
      log.error({ err: error, taskId: news.taskId }, 'nobody could be told what happened to a task')
      return []
    }
  }
}
