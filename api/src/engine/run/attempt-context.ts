import type { OutputStream } from '@stint/schema/words'
import type { ActionContext } from '../action.ts'
import type { StepPatch } from '../change.ts'
import type { Doors } from '../doors.ts'
import type { RunningTask } from './running-task.ts'

/** What an attempt lets its action do. */
export interface AttemptDoor {
  readonly run: RunningTask
  readonly step: StepPatch
  /** The step was WAITING and goes on. */
  readonly resumed: boolean
  readonly signal: AbortSignal
  openDoors(): Doors
  log(text: string, stream: OutputStream): void
  progress(done: number, total: number | undefined): void
  ownProcessGroup(processGroup: number, startedAt: string): Promise<void>
}

/** What an action sees of its attempt. Made when it is asked for: a light action asks for nothing (a tenth of its cost). */
export class AttemptContext implements ActionContext {
  readonly #attempt: AttemptDoor
  readonly #isHook: boolean
  // Kept: one that was left behind must not take the numbers of its successor.
  readonly #attemptNo: number
  readonly #tryNo: number
  readonly #groupNo: number
  #doors: Doors | undefined

  constructor(attempt: AttemptDoor, isHook = false) {
    this.#attempt = attempt
    this.#isHook = isHook
    this.#attemptNo = attempt.step.attemptNo
    this.#tryNo = attempt.step.tryCount
    this.#groupNo = attempt.step.groupNo
  }

  /** The same for the pre_hook: it never waits, so nothing came before it. */
  ofHook(): AttemptContext {
    return new AttemptContext(this.#attempt, true)
  }

  get signal(): AbortSignal {
    return this.#attempt.signal
  }

  get task(): ActionContext['task'] {
    const { facts, task } = this.#attempt.run
    return { id: facts.id, label: facts.label, title: task.patch.title, owner: facts.ownerName }
  }

  get step(): ActionContext['step'] {
    const { run, step } = this.#attempt
    return { no: step.no, name: run.steps.nameOf(step.no) }
  }

  get attempt(): ActionContext['attempt'] {
    const { run, step } = this.#attempt
    // The first group keeps the short form: targets know it.
    const group = this.#groupNo > 1 ? `/${this.#groupNo}` : ''
    return { no: this.#attemptNo, tryNo: this.#tryNo, key: `${run.facts.id}/${step.no}${group}` }
  }

  get previousOutput(): unknown {
    const { run, step } = this.#attempt
    return this.#isHook ? undefined : run.values.outputOf(step.no)
  }

  get resumed(): boolean {
    return !this.#isHook && this.#attempt.resumed
  }

  get children(): Doors['children'] {
    return this.#open.children
  }

  get questions(): Doors['questions'] {
    return this.#open.questions
  }

  get cache(): Doors['cache'] {
    return this.#open.cache
  }

  get #open(): Doors {
    this.#doors ??= this.#attempt.openDoors()
    return this.#doors
  }

  // Functions of their own, so that an action may take them out of its context.

  get log(): ActionContext['log'] {
    return (text, stream = 'log') => this.#attempt.log(text, stream)
  }

  get progress(): ActionContext['progress'] {
    return (done, total) => this.#attempt.progress(done, total)
  }

  get ownProcessGroup(): ActionContext['ownProcessGroup'] {
    return (processGroup, startedAt) => this.#attempt.ownProcessGroup(processGroup, startedAt)
  }
}
