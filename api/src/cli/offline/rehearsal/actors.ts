import type { Template, TemplateStep } from '@stint/schema/template-types'
import {
  type Action,
  type ActionContext,
  ActionError,
  ActionRegistry,
  type ActionResult,
} from '../../../engine/action.ts'
import { callsOf } from '../../../engine/run/calls.ts'
import type { MockedOutcome, Mocks } from './file.ts'

/** They touch nothing, so they run as they are. */
const harmless = new Set(['echo', 'tag'])

/** What one task of a rehearsal has called, and what it is answered. */
export interface Part {
  readonly mocks: Mocks
  /** Steps with a pre_hook: its call comes first in every try. */
  readonly hooked: ReadonlySet<string>
  /** What the action of a step was given last. */
  readonly given: Map<string, Record<string, unknown>>
  readonly calls: Map<string, number>
}

export function partOf(template: Template, mocks: Mocks, registry: ActionRegistry): Part {
  const hasHook = (step: TemplateStep) =>
    callsOf(step, template.functions ?? {}, registry).preHook !== undefined
  const hooked = new Set(template.steps.filter(hasHook).map(({ name }) => name))
  return { mocks, hooked, given: new Map(), calls: new Map() }
}

/**
 * The actions of a rehearsal: each has the face of the real one, so that the engine treats it alike, and answers what the test
 * says. Tasks are told apart by their label. What is not mocked and is not harmless fails, so that a test never reaches out.
 */
export function actors(real: ActionRegistry, parts: ReadonlyMap<string, Part>): ActionRegistry {
  const registry = new ActionRegistry()
  for (const action of real.all()) {
    registry.add({ ...action, run: (configuration, context) => play(action, configuration, context, parts) })
  }
  return registry
}

function play(
  action: Action,
  configuration: Record<string, unknown>,
  context: ActionContext,
  parts: ReadonlyMap<string, Part>,
): ActionResult | Promise<ActionResult> {
  const part = parts.get(context.task.label)
  const name = part ? roleOf(part, context) : context.step.name
  const mocked = part && mockOf(part, name)
  part?.given.set(name, configuration)
  if (mocked === undefined) {
    if (harmless.has(action.type)) return action.run(configuration, context)
    // The time itself is not waited for.
    if (action.type === 'wait') return {}
    throw new ActionError('fatal', `the test has no mock for "${name}", which runs ${action.type}`)
  }
  return mocked.real === true ? action.run(configuration, context) : answer(mocked)
}

/** `step` for the action of a step, `step.pre_hook` for what runs before it. */
function roleOf({ hooked, calls }: Part, { step, attempt }: ActionContext): string {
  const key = `${step.no}/${attempt.no}`
  const call = (calls.get(key) ?? 0) + 1
  calls.set(key, call)
  return hooked.has(baseName(step.name, hooked)) && call === 1 ? `${step.name}.pre_hook` : step.name
}

/** The items of a loop are called `name-0`, `name-1`, …; what is said of the loop counts for each. */
function baseName(name: string, known: { has(name: string): boolean }): string {
  return known.has(name) ? name : name.replace(/-\d+(?=$|\.)/, '')
}

function mockOf({ mocks, calls }: Part, name: string): MockedOutcome | undefined {
  const has = (key: string) => Object.hasOwn(mocks, key)
  const list = mocks[baseName(name, { has })]
  if (list === undefined) return undefined
  const key = `mock ${name}`
  const turn = calls.get(key) ?? 0
  calls.set(key, turn + 1)
  return list[Math.min(turn, list.length - 1)]
}

function answer({ output, metadata, tags, error }: MockedOutcome): ActionResult {
  if (error === undefined) return { output, ...(metadata && { metadata }), ...(tags && { tags }) }
  const { message, type } = typeof error === 'string' ? { message: error, type: 'server' as const } : error
  throw new ActionError(type, message, { output, ...(metadata && { metadata }) })
}
