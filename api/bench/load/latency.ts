import { setTimeout as pause } from 'node:timers/promises'
import type { Action } from '../../src/engine/action.ts'
import type { BenchEngine } from '../ground/engine.ts'
import { single } from './templates.ts'

const markType = 'mark'

/** Notes when its first step begins, by task. */
export class StartMarks {
  readonly #at = new Map<string, number>()

  readonly action: Action = {
    type: markType,
    description: 'notes the moment',
    configuration: {},
    idempotent: true,
    run: (_configuration, { task }) => {
      this.#at.set(task.id, performance.now())
      return {}
    },
  }

  take(taskId: string): number {
    const at = this.#at.get(taskId)
    this.#at.delete(taskId)
    if (at === undefined) throw new Error(`the step of ${taskId} has not begun`)
    return at
  }
}

export interface StartTimes {
  /** Milliseconds from the request to the answer that it is durable. */
  readonly acknowledged: number[]
  /** Milliseconds from the request to the first line of the first step's action. */
  readonly begun: number[]
}

/** Tasks one after the other, none before the one before is over; pauses between them, so that no rhythm helps. */
export async function measureStarts(
  bench: BenchEngine,
  marks: StartMarks,
  count: number,
): Promise<StartTimes> {
  const template = single(markType)
  const times: StartTimes = { acknowledged: [], begun: [] }
  for (let n = 0; n < count; n++) {
    await pause(Math.random() * 10)
    const asked = performance.now()
    const id = await bench.create(template)
    times.acknowledged.push(performance.now() - asked)
    await bench.ended(id)
    times.begun.push(marks.take(id) - asked)
  }
  return times
}

/** Milliseconds that a task takes from the request until its end is durable, alone on the engine; `count` of them. */
export async function measureAlone(run: () => Promise<unknown>, count: number): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < count; n++) {
    const begun = performance.now()
    await run()
    times.push(performance.now() - begun)
  }
  return times
}
