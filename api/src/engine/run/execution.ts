import type { Action } from '../action.ts'
import type { StepPatch } from '../change.ts'
import type { AttemptContext } from './attempt-context.ts'
import { fatalOutcome, outcomeOfError, outcomeOfResult, type RawOutcome } from './outcome.ts'
import type { PlanStep } from './plan.ts'
import type { RunningTask } from './running-task.ts'
import { configurationOf, hookConfigurationOf } from './step-texts.ts'

/**
 * What one try of a step executes: its pre_hook, then its action; each configuration is rendered when its turn comes.
 * Light actions answer at once, without a turn of the event loop.
 */
export class Execution {
  /** May it be repeated when it is interrupted? Known better once the configuration is. */
  isIdempotent: boolean
  /** The action itself was called: output strategies and json_schema apply to what it answered. */
  hasRun = false
  readonly #run: RunningTask
  readonly #planned: PlanStep
  readonly #step: StepPatch

  constructor(run: RunningTask, planned: PlanStep, step: StepPatch) {
    this.#run = run
    this.#planned = planned
    this.#step = step
    this.isIdempotent = planned.definition.idempotent ?? planned.action?.idempotent === true
  }

  start(context: AttemptContext): RawOutcome | Promise<RawOutcome> {
    const { preHook } = this.#planned
    if (!preHook) return this.#act(context)
    const called = this.#call(
      preHook,
      () => hookConfigurationOf(this.#run, this.#planned, this.#step),
      context.ofHook(),
    )
    return called instanceof Promise
      ? called.then((outcome) => this.#afterHook(outcome, context))
      : this.#afterHook(called, context)
  }

  /** A pre_hook that fails is classed as its action would be: what passes is tried again, what does not blocks. */
  #afterHook(hook: RawOutcome, context: AttemptContext): RawOutcome | Promise<RawOutcome> {
    if (hook.state === 'WAITING')
      return fatalOutcome('a pre_hook cannot wait; only the action of a step can', { tags: hook.tags })
    this.#run.values.setHook(this.#step.no, hook)
    const { error, tags, state } = hook
    if (error)
      return { state, ...(tags && { tags }), error: { ...error, message: `pre_hook: ${error.message}` } }
    if (context.signal.aborted)
      return { state: 'SERVER_ERROR', error: { message: 'aborted', kind: 'server' } }
    const acted = this.#act(context)
    if (!tags) return acted
    const withTags = (outcome: RawOutcome) => ({ ...outcome, tags: { ...tags, ...outcome.tags } })
    return acted instanceof Promise ? acted.then(withTags) : withTags(acted)
  }

  #act(context: AttemptContext): RawOutcome | Promise<RawOutcome> {
    const configured = () => {
      const configuration = configurationOf(this.#run, this.#planned, this.#step)
      const { action, definition } = this.#planned
      if (definition.idempotent === undefined && action)
        this.isIdempotent = isIdempotent(action, () => configuration)
      this.hasRun = action !== undefined
      return configuration
    }
    return this.#call(this.#planned.call, configured, context)
  }

  #call(
    { action, levels }: PlanStep['call'],
    configure: () => Record<string, unknown>,
    context: AttemptContext,
  ): RawOutcome | Promise<RawOutcome> {
    if (!action) return fatalOutcome(`this executor knows no action "${levels.at(-1)?.type}"`)
    let configuration: Record<string, unknown>
    try {
      configuration = configure()
    } catch (error) {
      return fatalOutcome(error instanceof Error ? error.message : String(error))
    }
    try {
      const result = action.run(configuration, context)
      return result instanceof Promise
        ? result.then(outcomeOfResult).catch(outcomeOfError)
        : outcomeOfResult(result)
    } catch (error) {
      return outcomeOfError(error)
    }
  }
}

/** Asked with the rendered configuration where it depends on it. */
export function isIdempotent(action: Action, configuration: () => Record<string, unknown>): boolean {
  return typeof action.idempotent === 'function' ? action.idempotent(configuration()) : action.idempotent
}
