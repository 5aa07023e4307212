import { type Action, ActionError, type ActionRegistry } from '../engine/action.ts'

/** What a test holds in its hand of a step that runs: ends when the test says so. */
export interface Held {
  readonly name: string
  readonly attemptNo: number
  readonly signal: AbortSignal
  finish(output?: unknown): void
  fail(error: Error): void
  log(text: string): void
  progress(done: number, total?: number): void
}

/** Steps of type `hold` run until the test ends them; `flaky` fails as often as it is told; `count` counts its runs. */
export class ToyActions {
  readonly held: Held[] = []
  readonly runs: string[] = []
  #watchers: (() => void)[] = []

  register(registry: ActionRegistry): ActionRegistry {
    return registry
      .add(this.#hold('hold', false))
      .add(this.#hold('hold-idempotent', true))
      .add(this.#flaky())
      .add(this.#count())
      .add(this.#stubborn())
  }

  /** Resolves with the first step of this name that is running and was not handed out yet. */
  async running(name: string): Promise<Held> {
    for (;;) {
      const index = this.held.findIndex((each) => each.name === name)
      if (index >= 0) return this.held.splice(index, 1)[0] as Held
      await new Promise<void>((resolve) => this.#watchers.push(resolve))
    }
  }

  #hold(type: string, idempotent: boolean): Action {
    return {
      type,
      description: 'runs until the test ends it',
      configuration: {},
      idempotent,
      run: (_, context) =>
        new Promise((resolve, reject) => {
          context.signal.addEventListener('abort', () => reject(new Error('aborted')))
          this.runs.push(context.step.name)
          this.held.push({
            name: context.step.name,
            attemptNo: context.attempt.no,
            signal: context.signal,
            finish: (output) => resolve({ output }),
            fail: reject,
            log: (text) => context.log(text, 'stdout'),
            progress: (done, total) => context.progress(done, total),
          })
          for (const watcher of this.#watchers.splice(0)) watcher()
        }),
    }
  }

  /** Takes no notice of being aborted and never ends. */
  #stubborn(): Action {
    return {
      type: 'stubborn',
      description: 'does not end',
      configuration: {},
      idempotent: true,
      run: () => {
        this.runs.push('stubborn')
        return new Promise(() => {})
      },
    }
  }

  #flaky(): Action<{ failures?: number; kind?: 'client' | 'server'; message?: string }> {
    const tries = new Map<string, number>()
    return {
      type: 'flaky',
      description: 'fails the first times',
      configuration: {},
      idempotent: true,
      run: ({ failures = 1, kind = 'server', message = 'not yet' }, context) => {
        const key = `${context.task.id}/${context.step.no}`
        const done = (tries.get(key) ?? 0) + 1
        tries.set(key, done)
        if (done <= failures) throw new ActionError(kind, message)
        return { output: { tries: done } }
      },
    }
  }

  #count(): Action {
    return {
      type: 'count',
      description: 'remembers that it ran',
      configuration: {},
      idempotent: true,
      run: (_, context) => {
        this.runs.push(context.step.name)
        return { output: { at: this.runs.length } }
      },
    }
  }
}
