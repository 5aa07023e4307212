import { Problem } from '../../../base/problem.ts'
import { type Actor, canSeeTask } from '../../access/model.ts'
import type { TaskRow } from '../model.ts'
import type { LiveReads } from './reads.ts'
import type { Stream } from './stream.ts'
import type { TaskWatchOptions, Topic } from './task-watch.ts'

interface CountedTopic extends Topic {
  /** Streams, and openings that have not got theirs yet. */
  users: number
}

/** The tasks that somebody watches one by one. */
export class Topics {
  readonly #topics = new Map<string, CountedTopic>()
  readonly #reads: LiveReads
  readonly #load: (ids: readonly string[]) => Promise<readonly TaskRow[]>

  constructor(reads: LiveReads, load: (ids: readonly string[]) => Promise<readonly TaskRow[]>) {
    this.#reads = reads
    this.#load = load
  }

  get ids(): string[] {
    return [...this.#topics.keys()]
  }

  has(taskId: string): boolean {
    return this.#topics.has(taskId)
  }

  get streams(): Stream<unknown>[] {
    return [...this.#topics.values()].flatMap((topic) => [...topic.streams])
  }

  /** Throws `not-found` also for a task that may not be seen. */
  async watch<T>(
    taskId: string,
    who: () => Actor | undefined,
    open: (options: TaskWatchOptions) => Stream<T>,
  ): Promise<Stream<T>> {
    const topic = this.#enter(taskId)
    const gone = () => notFound(taskId)
    const onEnd = (stream: Stream<unknown>) => {
      topic.streams.delete(stream)
      this.#leave(topic)
    }
    try {
      const [row] = topic.row ? [topic.row] : await this.#load([taskId])
      // A tick may have been quicker, and then its row is the newer one.
      topic.row ??= row
      if (topic.row === undefined || !canSeeTask(who(), topic.row)) throw gone()
      return open({ topic, who, reads: this.#reads, gone, onEnd })
    } catch (error) {
      this.#leave(topic)
      throw error
    }
  }

  /** The task as it is now; absent when it was deleted. */
  tell(taskId: string, row: TaskRow | undefined): void {
    const topic = this.#topics.get(taskId)
    if (topic === undefined) return
    topic.row = row
    for (const stream of [...topic.streams]) stream.poke()
  }

  /** Known as watched before it is read, so that a change in between is heard. */
  #enter(taskId: string): CountedTopic {
    const topic = this.#topics.get(taskId) ?? { taskId, row: undefined, streams: new Set(), users: 0 }
    topic.users += 1
    this.#topics.set(taskId, topic)
    return topic
  }

  #leave(topic: CountedTopic): void {
    topic.users -= 1
    if (topic.users === 0) this.#topics.delete(topic.taskId)
  }
}

function notFound(id: string): Problem {
  return new Problem('not-found', 'There is no such task, or you may not see it.', {
    details: { type: 'Task', id },
  })
}
