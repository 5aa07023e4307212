import { parseDuration } from '@stint/schema/duration'
import type { Clock } from '../../base/clock.ts'
import { type Action, type ActionContext, ActionError, type ActionResult } from '../action.ts'
import type { ChildRequest, ChildTask } from '../child-door.ts'
import { utaskState } from '../utask-state.ts'
import { type Configuration, objectOf, textMapOf, textOf } from './configuration.ts'
import { jsonOf, peopleOf, peopleProperties } from './people.ts'

/*
 * One task, started by a step that is over when the task is. Which task that is stands in the rows and not in the memory of an
 * attempt: a step that begins anew takes up the task that still lives, and starts another only after the last one has ended.
 */

function inputOf(configuration: Configuration): Record<string, unknown> {
  const text = textOf(configuration, 'json_input')
  if (text === undefined) return { ...objectOf(configuration, 'input') }
  const input = jsonOf(text, 'json_input')
  if (typeof input === 'object' && input !== null && !Array.isArray(input))
    return input as Record<string, unknown>
  throw new ActionError('client', 'json_input must be a JSON object.')
}

function startOf(configuration: Configuration, now: Date): Date | undefined {
  const delay = textOf(configuration, 'delay')
  if (delay === undefined) return undefined
  const ms = parseDuration(delay)
  if (ms !== undefined) return ms > 0 ? new Date(now.getTime() + ms) : undefined
  throw new ActionError('client', `delay must be a duration such as 10m, not ${JSON.stringify(delay)}.`)
}

function requestOf(configuration: Configuration, now: Date): ChildRequest {
  const template = textOf(configuration, 'template')
  if (template === undefined) throw new ActionError('client', 'template is missing.')
  const startAt = startOf(configuration, now)
  return {
    index: 0,
    template,
    input: inputOf(configuration),
    tags: Object.fromEntries(textMapOf(configuration, 'tags')),
    ...peopleOf(configuration),
    ...(startAt && { startAt }),
  }
}

async function answerOf(child: ChildTask, context: ActionContext): Promise<ActionResult> {
  const { id, title, state, result, reason } = child
  const output = {
    id,
    title,
    state: utaskState(child, result),
    outcome: result,
    result: state === 'stopped' ? await context.children.resultOf(id) : null,
    resolver_username: child.resolvers[0] ?? '',
    requester_username: child.ownerName,
  }
  if (state !== 'stopped') return { output, wait: {} }
  if (result === 'success' || result === 'warning') return { output }
  const why = child.errorSummary ?? (reason === null ? result : reason)
  throw new ActionError('client', `the sub-task ${title} ended with ${result}: ${why}`, { output })
}

/** Starts one task and waits for it. */
export function subtaskAction(clock: Clock): Action<Configuration> {
  const run = async (configuration: Configuration, context: ActionContext): Promise<ActionResult> => {
    const [child] = await context.children.newest({ unwell: false, limit: 1 })
    if (child && (context.resumed || child.state !== 'stopped')) return answerOf(child, context)
    const births = await context.children.conceive(context.attempt.no, [
      requestOf(configuration, clock.now()),
    ])
    return { output: { id: births[0]?.id }, births, wait: {} }
  }
  return {
    type: 'subtask',
    description:
      'Starts a task from another template and waits until it is over. It belongs to the owner of this task; cancelling this task cancels it first.',
    idempotent: true,
    waitsFor: 'subtask',
    namesTemplate: 'template',
    example: { template: 'create-user', input: { name: '{{.input.name}}' } },
    configuration: {
      type: 'object',
      additionalProperties: false,
      required: ['template'],
      properties: {
        template: {
          type: 'string',
          description: 'Name of the template; its newest version that is not blocked is used.',
        },
        input: {
          type: 'object',
          description: 'Its inputs. Text that is rendered stays text; see json_input.',
        },
        json_input: {
          type: 'string',
          description:
            'Its inputs as a JSON object; used instead of `input`, so numbers and lists keep their type.',
        },
        ...peopleProperties,
        delay: {
          type: 'string',
          description: 'It starts this long after it was created: `10m`, `1h30m`.',
          examples: ['10m'],
        },
        tags: { type: 'object', description: 'Tags of the task, beside those of its template.' },
      },
    },
    output: {
      type: 'object',
      properties: {
        id: { type: 'string', description: 'The task.' },
        title: { type: 'string', description: 'Its title.' },
        state: {
          type: 'string',
          description:
            'In µTask’s words: `DONE` when it ended well; else `BLOCKED`, `CANCELLED` or `WONTFIX`.',
        },
        outcome: { type: 'string', description: 'How it ended: success, warning, error or cancelled.' },
        result: { description: 'What the `result_format` of its template gave.' },
        resolver_username: { type: 'string', description: 'Who may resolve it, the first of them.' },
        requester_username: { type: 'string', description: 'Its owner.' },
      },
      required: ['id'],
    },
    run,
  }
}
