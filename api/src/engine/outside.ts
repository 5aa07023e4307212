import { openCache } from './cache.ts'
import type { CacheDoor } from './cache-door.ts'
import { type ChildParts, openChildDoor } from './children.ts'
import type { DoorStep, Doors } from './doors.ts'
import type { Executor } from './executor.ts'
import { type QuestionParts, Questions } from './questions.ts'

/** What actions reach beyond their process: tasks of their own, people and other systems, values for later. */
export class Outside {
  readonly questions: Questions
  readonly #parts: ChildParts
  readonly #cache: CacheDoor

  constructor(parts: ChildParts & Omit<QuestionParts, 'ownUrl'> & { ownUrl?(): string }) {
    this.#parts = parts
    this.#cache = openCache(parts.sql, parts.keys)
    this.questions = new Questions({ ...parts, ownUrl: () => parts.ownUrl?.() ?? '' })
  }

  doorsOf(executor: Executor, step: DoorStep): Doors {
    return {
      children: openChildDoor(this.#parts, executor, step),
      questions: this.questions.doorOf(step),
      cache: this.#cache,
    }
  }
}
