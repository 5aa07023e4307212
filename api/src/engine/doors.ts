import type { CacheDoor } from './cache-door.ts'
import type { ChildDoor, ParentStep } from './child-door.ts'
import type { QuestionDoor } from './question-door.ts'
import type { TaskKey } from './seal.ts'

/** What an action may do beyond its own process, besides its result. Each door is opened for one step. */
export interface Doors {
  readonly children: ChildDoor
  readonly questions: QuestionDoor
  readonly cache: CacheDoor
}

export interface DoorStep extends ParentStep {
  readonly key: TaskKey
}
