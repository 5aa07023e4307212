import { counted } from '@stint/schema/counted'
import { type Action, type ActionContext, ActionError, type ActionResult } from '../action.ts'
import type { ChildCounts, ChildOutline } from '../child-door.ts'
import { membersMax, requestsOf, sizeOf } from './batch-request.ts'
import type { Configuration } from './configuration.ts'
import { peopleProperties } from './people.ts'

/*
 * Many tasks of one template. They are born in portions, each in the flush that says how far it has come; the step looks again
 * when the last living one is over, not after each, so 10,000 members cost 10,000 tasks and a handful of looks. A retry starts
 * only the members that did not succeed; if all did, all of them again.
 */

/** Births in one flush: it holds its locks for this long. */
const portion = 1000
/** Failed members that the output names. */
const namedMax = 100

interface Round {
  /** The attempt that began it. */
  readonly group: number
  readonly total: number
  /** Places that are still to be started, as `[from, to)`. */
  readonly todo: readonly (readonly [number, number])[]
  /** Of these, how many belong to the sub-batch that is being started. */
  readonly left: number
}

/** Ascending places as ranges: 10,000 of them are one pair of numbers, mostly. */
function rangesOf(places: readonly number[]): (readonly [number, number])[] {
  const ranges: [number, number][] = []
  for (const place of places) {
    const last = ranges.at(-1)
    if (last && last[1] === place) last[1]++
    else ranges.push([place, place + 1])
  }
  return ranges
}

function placesOf(ranges: Round['todo']): number[] {
  return ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, index) => from + index))
}

/** Which members a new round starts, given how they stand: those that are missing or unwell; if none is, all. */
function openPlaces(total: number, known: readonly ChildOutline[]): number[] {
  const well = new Set(
    known
      .filter(({ state, result }) => state !== 'stopped' || result === 'success' || result === 'warning')
      .map(({ index }) => index),
  )
  const all = Array.from({ length: total }, (_, index) => index)
  const open = all.filter((index) => !well.has(index))
  const anyLives = known.some(({ state }) => state !== 'stopped')
  return open.length > 0 || anyLives ? open : all
}

async function newRound(configuration: Configuration, context: ActionContext): Promise<Round> {
  const requests = requestsOf(configuration)
  // Before the first is born: nobody wants half of a batch that cannot be completed.
  await context.children.check(requests)
  const total = requests.length
  const todo = rangesOf(openPlaces(total, await context.children.outline()))
  return { group: context.attempt.no, total, todo, left: 0 }
}

async function startPortion(
  configuration: Configuration,
  context: ActionContext,
  round: Round,
): Promise<ActionResult> {
  const open = placesOf(round.todo)
  const left = round.left > 0 ? round.left : Math.min(sizeOf(configuration), open.length)
  const now = open.slice(0, Math.min(portion, left))
  const requests = requestsOf(configuration)
  const births = await context.children.conceive(
    round.group,
    now.flatMap((place) => requests[place] ?? []),
  )
  const output: Round = { ...round, todo: rangesOf(open.slice(now.length)), left: left - now.length }
  // The next portion of the same sub-batch follows at once.
  return { output, births, wait: output.left > 0 ? { until: new Date(0) } : {} }
}

function outputOf({ total, success, warning, error, cancelled }: ChildCounts) {
  return { total, success, warning, error, cancelled }
}

async function result(context: ActionContext, counts: ChildCounts): Promise<ActionResult> {
  const unwell = counts.error + counts.cancelled
  const metadata = { tasks_started: counts.total, remaining_tasks: 0 }
  if (unwell === 0) return { output: { ...outputOf(counts), failed: [] }, metadata }
  const children = await context.children.newest({ unwell: true, limit: namedMax })
  const failed = children.map(({ id, index, title, result: outcome, errorSummary }) => ({
    id,
    index,
    title,
    outcome,
    error: errorSummary ?? '',
  }))
  const [first] = failed
  const why = first ? `: ${first.title}: ${first.error || first.outcome}` : ''
  throw new ActionError('client', `${unwell} of ${counted(counts.total, 'task')} did not succeed${why}`, {
    output: { ...outputOf(counts), failed },
    metadata,
  })
}

async function run(configuration: Configuration, context: ActionContext): Promise<ActionResult> {
  const known = context.resumed ? (context.previousOutput as Round) : undefined
  const round = known ?? (await newRound(configuration, context))
  if (!known && round.todo.length > 0) return startPortion(configuration, context, round)
  if (round.left > 0) return startPortion(configuration, context, round)
  const counts = await context.children.counts()
  if (counts.living > 0) return { output: round, wait: {} }
  return round.todo.length > 0 ? startPortion(configuration, context, round) : result(context, counts)
}

/** Starts many tasks and waits for all of them. */
export const batchAction: Action<Configuration> = {
  type: 'batch',
  description:
    'Starts a task for each of a list of inputs and waits until all are over. When some fail, the step fails and names them; a retry starts only those again.',
  idempotent: true,
  waitsFor: 'subtask',
  namesTemplate: 'template_name',
  example: {
    template_name: 'reboot-host',
    json_inputs: '{{jsonmarshal .step.list.output.hosts}}',
    common_inputs: { reason: '{{.input.reason}}' },
    sub_batch_size: 50,
  },
  configuration: {
    type: 'object',
    additionalProperties: false,
    required: ['template_name'],
    properties: {
      template_name: {
        type: 'string',
        description: 'Name of the template; its newest version is used.',
      },
      inputs: {
        type: 'array',
        items: { type: 'object' },
        description: `The inputs of each member; at most ${membersMax}.`,
      },
      json_inputs: { type: 'string', description: 'The same as a JSON array; used instead of `inputs`.' },
      common_inputs: { type: 'object', description: 'Inputs that all members get besides their own.' },
      common_json_inputs: {
        type: 'string',
        description: 'The same as a JSON object; used instead of `common_inputs`.',
      },
      sub_batch_size: {
        type: ['number', 'string'],
        default: 0,
        description: 'Start so many, and the next ones when these are over; 0 starts all at once.',
      },
      tags: { type: 'object', description: 'Tags of every member, beside those of its template.' },
      comment: { type: 'string', description: 'A comment on every member.' },
      ...peopleProperties,
    },
  },
  output: {
    type: 'object',
    properties: {
      total: { type: 'number', description: 'Members.' },
      success: { type: 'number', description: 'Members that succeeded.' },
      warning: { type: 'number', description: 'Members that succeeded with a warning.' },
      error: { type: 'number', description: 'Members that failed.' },
      cancelled: { type: 'number', description: 'Members that were cancelled or rejected.' },
      failed: {
        type: 'array',
        description: `The first ${namedMax} that did not succeed, in their order in the list.`,
        items: {
          type: 'object',
          properties: {
            id: { type: 'string', description: 'The task.' },
            index: { type: 'number', description: 'Its place in the list, from 0.' },
            title: { type: 'string', description: 'Its title.' },
            outcome: { type: 'string', description: 'error or cancelled.' },
            error: { type: 'string', description: 'What went wrong.' },
          },
        },
      },
    },
  },
  metadata: {
    type: 'object',
    properties: {
      tasks_started: { type: 'number', description: 'Members that were started.' },
      remaining_tasks: { type: 'number', description: 'Members that are not over.' },
    },
  },
  run,
}
