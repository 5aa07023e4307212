import type { News, StepMove, TaskMove } from '../../engine/news.ts'
import { utaskState } from '../../engine/utask-state.ts'
import type { Notification } from './model.ts'

interface Told {
  readonly type: Notification['notification_type']
  readonly move: TaskMove
  readonly sentence: string
  readonly step?: StepMove
}

/** Absent values are left out, as µTask leaves them out. */
function given(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  )
}

/** The keys of µTask's webhook first, then ours. `baseUrl` is where people reach the page. */
export function notificationOf(
  news: News,
  { type, move, sentence, step }: Told,
  baseUrl: string,
): Notification {
  const resolvers = [...news.resolvers, ...news.resolverGroups]
  const fields = given({
    task_id: news.taskId,
    title: news.title,
    state: utaskState(move, news.result),
    template: news.label,
    requester: news.ownerName,
    potential_resolvers: resolvers.join(' '),
    steps: news.stepsTotal === 0 ? undefined : `${news.stepsDone}/${news.stepsTotal}`,
    resolution_id: news.taskId,
    tags: JSON.stringify(news.tags),
    step_name: step?.name,
    step_state: step?.state,
    url: baseUrl === '' ? undefined : `${baseUrl}/tasks/${news.taskId}`,
    task_state: move.state,
    task_result: news.result,
    task_reason: move.reason,
    error: news.errorSummary,
  })
  return { ...fields, message: `${sentence}\n${news.title}`, notification_type: type }
}

const resultWords: Record<string, string> = {
  success: 'is done',
  warning: 'is done, with warnings',
  error: 'has failed',
  cancelled: 'was cancelled',
}

/** What happened to a task, in a few words. */
export function sentenceOfMove(move: TaskMove, news: News): string {
  if (move.state === 'stopped') return `Task ${news.label} ${resultWords[news.result] ?? 'has ended'}`
  if (move.state === 'paused') return `Task ${news.label} is paused (${move.reason ?? 'by-user'})`
  const reason = move.reason === undefined || move.reason === 'queued' ? '' : ` (${move.reason})`
  return `Task ${news.label} is ${move.state}${reason}`
}
