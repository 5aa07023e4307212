import type { NotificationType } from '@stint/schema/words'
import type { News, StepMove, TaskMove } from '../../engine/news.ts'
import type { Reactions } from '../../engine/react.ts'
import type { NewTask } from '../../engine/start.ts'
import type { ChannelBook } from './book.ts'
import { deliveryTask } from './delivery-task.ts'
import { notificationOf, sentenceOfMove } from './message.ts'
import type { Notification } from './model.ts'
import { tells, type Weight, weightOfStep, weightOfTask } from './strategy.ts'

/** Something that may be told, before anybody asked who wants to hear it. */
interface Tidings {
  readonly type: NotificationType
  readonly weight: Weight
  readonly move: TaskMove
  readonly sentence: string
  readonly step?: StepMove
}

/** Of several moves in one flush the last is told: nobody needs to read that a task began and ended in one millisecond. */
function tidingsOf(news: News): Tidings[] {
  const { state, reason, result } = news
  const now: TaskMove = { state, reason }
  const found: Tidings[] = []
  const move = news.moves.at(-1)
  if (move?.state === 'pending' && move.reason === 'approval') {
    const sentence = `Task ${news.label} waits for an approval`
    found.push({ type: 'task_validation', weight: 'other', move, sentence })
  } else if (move !== undefined) {
    const weight = weightOfTask(state, result, reason)
    found.push({ type: 'task_state_update', weight, move: now, sentence: sentenceOfMove(now, news) })
  }
  if (news.asks) {
    const sentence = `Task ${news.label} waits for an answer`
    found.push({ type: 'task_input', weight: 'other', move: now, sentence })
  }
  const steps = new Map(news.steps.map((step) => [step.name, step]))
  for (const step of steps.values()) {
    const sentence = `Step ${step.name} of task ${news.label} is ${step.state}`
    found.push({ type: 'task_step_update', weight: weightOfStep(step.state), move: now, sentence, step })
  }
  return found
}

/** Makes deliveries of the news that channels want to hear; the engine starts them in the flush that made the news. */
export function channelReactions(book: ChannelBook, baseUrl: () => string): Reactions {
  return {
    get isListening() {
      return book.channels.length > 0
    },
    to: (news) =>
      tidingsOf(news).flatMap((tidings): NewTask[] => {
        const asked = { type: tidings.type, template: news.label, weight: tidings.weight }
        const listeners = book.channels.filter((channel) => tells(channel, asked))
        if (listeners.length === 0) return []
        const notification: Notification = notificationOf(news, tidings, baseUrl())
        return listeners.map(({ name }) => deliveryTask(name, notification, news.taskId))
      }),
  }
}
