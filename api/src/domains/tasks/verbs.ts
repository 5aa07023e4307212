import type { Permission } from '@stint/schema/words'
import { Problem } from '../../base/problem.ts'
import type { Actor } from '../access/model.ts'
import type { StepRow, TaskRow } from './model.ts'
import { rules, type TaskVerb, taskVerbs, type VerbFacts } from './verb-rules.ts'

export interface CommandAvailability {
  readonly verb: TaskVerb
  readonly allowed: boolean
  readonly whyNot: string | null
  readonly permission: Permission
}

export function notNow(task: Pick<TaskRow, 'state' | 'reason'>, sentence: string): Problem {
  return new Problem('not-allowed-now', sentence, { details: { state: task.state, reason: task.reason } })
}

function refusedBecauseOfState(
  verb: TaskVerb,
  task: TaskRow,
  facts: VerbFacts,
  step: StepRow | undefined,
): Problem | undefined {
  const rule = rules[verb]
  if (task.kind === 'reported' && !rule.reportedToo)
    return notNow(task, 'Another system runs this task; ask for it there.')
  const otherwise = typeof rule.otherwise === 'string' ? rule.otherwise : rule.otherwise(task)
  if (!rule.when(task)) return notNow(task, otherwise)
  if (step === undefined || rule.step === undefined || rule.step(step, facts)) return undefined
  return notNow(task, rule.otherwiseStep ?? otherwise)
}

function refusal(
  verb: TaskVerb,
  actor: Actor | undefined,
  task: TaskRow,
  facts: VerbFacts,
  step?: StepRow,
): Problem | undefined {
  return rules[verb].who(actor, task, facts) ?? refusedBecauseOfState(verb, task, facts, step)
}

function availability(verb: TaskVerb, refused: Problem | undefined): CommandAvailability {
  return {
    verb,
    allowed: refused === undefined,
    whyNot: refused?.message ?? null,
    permission: rules[verb].permission,
  }
}

/** Why this verb is not offered to this person now, as a sentence; undefined when it is. */
export function whyNot(verb: TaskVerb, actor: Actor, task: TaskRow, facts: VerbFacts): string | undefined {
  return refusal(verb, actor, task, facts)?.message
}

/** Every verb about a task, with why not. Verbs about steps are offered by the steps. */
export function commandsOfTask(
  actor: Actor | undefined,
  task: TaskRow,
  facts: VerbFacts,
): CommandAvailability[] {
  return taskVerbs
    .filter((verb) => rules[verb].step === undefined)
    .map((verb) => availability(verb, refusal(verb, actor, task, facts)))
}

export function commandsOfStep(
  actor: Actor | undefined,
  task: TaskRow,
  facts: VerbFacts,
  step: StepRow,
): CommandAvailability[] {
  return taskVerbs
    .filter((verb) => rules[verb].step !== undefined)
    .map((verb) => availability(verb, refusal(verb, actor, task, facts, step)))
}

/** Throws `forbidden` or `not-allowed-now` when this verb is not offered to this person now. */
export function demandVerb(
  verb: TaskVerb,
  actor: Actor,
  task: TaskRow,
  facts: VerbFacts,
  step?: StepRow,
): void {
  const problem = refusal(verb, actor, task, facts, step)
  if (problem !== undefined) throw problem
}
