import DataLoader from 'dataloader'
import type { AnySql } from '../../../postgres/connect.ts'
import type { EventRow, OutputChunk, TaskEngine } from '../model.ts'
import { eventsOfTasks } from '../store/events.ts'
import { stepsByKeys } from '../store/steps.ts'

/** Events and chunks of one read; a subscriber that needs more reads again. */
const readMax = 500

const placeKeyOf = ({ taskId, after }: { taskId: string; after: number }) => `${taskId}/${after}`

interface OutputKey {
  readonly taskId: string
  readonly stepNo: number
  readonly attemptNo: number
  readonly after: number
}

/**
 * What subscribers read after a tick has woken them. All of them ask in the same turn, so their questions become one statement;
 * who stands at the same place shares the answer. `forget` makes the next question a fresh one.
 */
export class LiveReads {
  readonly #events: DataLoader<{ taskId: string; after: number }, readonly EventRow[], string>
  readonly #attempts: DataLoader<{ taskId: string; stepNo: number }, number, string>
  readonly #output: DataLoader<OutputKey, readonly OutputChunk[], string>

  constructor(sql: AnySql, engine: TaskEngine) {
    this.#events = new DataLoader(
      async (keys) => {
        const found = Map.groupBy(await eventsOfTasks(sql, keys, readMax), placeKeyOf)
        return keys.map((key) => found.get(placeKeyOf(key)) ?? [])
      },
      { cacheKeyFn: placeKeyOf },
    )
    this.#attempts = new DataLoader(
      async (keys) => {
        const found = new Map(
          (await stepsByKeys(sql, keys)).map((step) => [`${step.taskId}/${step.no}`, step.attemptNo]),
        )
        return keys.map(({ taskId, stepNo }) => found.get(`${taskId}/${stepNo}`) ?? 0)
      },
      { cacheKeyFn: ({ taskId, stepNo }) => `${taskId}/${stepNo}` },
    )
    this.#output = new DataLoader(
      (keys) =>
        Promise.all(
          keys.map(({ taskId, stepNo, attemptNo, after }) =>
            engine.reader.log(taskId, stepNo, attemptNo, after, readMax),
          ),
        ),
      { cacheKeyFn: (key) => `${key.taskId}/${key.stepNo}/${key.attemptNo}/${key.after}` },
    )
  }

  /** Ascending, from `after` on without a gap; empty when there is nothing new. */
  events(taskId: string, after: number): Promise<readonly EventRow[]> {
    return this.#events.load({ taskId, after })
  }

  /** Number of the newest attempt; 0 before the first. */
  attemptOf(taskId: string, stepNo: number): Promise<number> {
    return this.#attempts.load({ taskId, stepNo })
  }

  output(taskId: string, stepNo: number, attemptNo: number, after: number): Promise<readonly OutputChunk[]> {
    return this.#output.load({ taskId, stepNo, attemptNo, after })
  }

  forget(): void {
    this.#events.clearAll()
    this.#attempts.clearAll()
    this.#output.clearAll()
  }
}
