import type { Clock } from '../base/clock.ts'
import { unpackIds } from '../postgres/announce.ts'
import type { Sql } from '../postgres/connect.ts'
import { channels, type Listener } from '../postgres/listen.ts'
import { findTasks } from './store/task.ts'

/** Waiting for something to happen to one task. */
export class TaskNews {
  readonly #parts: { readonly sql: Sql; readonly clock: Clock; readonly listener: Listener }

  constructor(parts: { readonly sql: Sql; readonly clock: Clock; readonly listener: Listener }) {
    this.#parts = parts
  }

  /** Resolves when the task has stopped or needs a person, or after `seconds`. True when it has. */
  async untilRest(taskId: string, seconds: number): Promise<boolean> {
    const { sql, clock } = this.#parts
    const isOver = async () => {
      const [row] = await findTasks(sql, [taskId])
      return !row || row.state === 'stopped' || row.state === 'paused'
    }
    const deadline = clock.monotonicMs() + seconds * 1000
    for (;;) {
      const left = deadline - clock.monotonicMs()
      // Listening comes first: what happens while the row is on its way to us would be heard by nobody.
      const news = this.#listen(taskId, Math.max(0, left))
      try {
        if (await isOver()) return true
        if (left <= 0) return false
        await news.heard
      } finally {
        news.end()
      }
    }
  }

  /** The next time anything of the task changes, or after `ms`. */
  next(taskId: string, ms: number): Promise<void> {
    return this.#listen(taskId, ms).heard
  }

  #listen(taskId: string, ms: number): { readonly heard: Promise<void>; end(): void } {
    const { listener } = this.#parts
    const { promise: heard, resolve } = Promise.withResolvers<void>()
    const end = () => {
      clearTimeout(timer)
      unlisten()
      unlistenAgain()
      resolve()
    }
    const timer = setTimeout(end, ms)
    const unlisten = listener.on(channels.tasks, (payload) => {
      if (unpackIds(payload).includes(taskId)) end()
    })
    // What happened while the connection was cut was not heard.
    const unlistenAgain = listener.onReconnect(end)
    return { heard, end }
  }
}
