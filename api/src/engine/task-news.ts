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
    while (!(await isOver())) {
      const left = deadline - clock.monotonicMs()
      if (left <= 0) return false
      await this.next(taskId, left)
    }
    return true
  }

  /** The next time anything of the task changes, or after `ms`. */
  next(taskId: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        unlisten()
        unlistenAgain()
        resolve()
      }
      const timer = setTimeout(done, ms)
      const { listener } = this.#parts
      const unlisten = listener.on(channels.tasks, (payload) => {
        if (unpackIds(payload).includes(taskId)) done()
      })
      // What happened while the connection was cut was not heard.
      const unlistenAgain = listener.onReconnect(done)
    })
  }
}
