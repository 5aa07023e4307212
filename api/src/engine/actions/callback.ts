import { parseDuration } from '@stint/schema/duration'
import type { Clock } from '../../base/clock.ts'
import { type Action, type ActionContext, ActionError, type ActionResult } from '../action.ts'
import { type Configuration, isTemplated, textOf } from './configuration.ts'
import { schemaComplaints, schemaOf, schemaProperty } from './json-schema-field.ts'

/** When an answer comes too late; undefined is never. */
export function expiryOf(configuration: Configuration, name: string, now: Date): Date | undefined {
  const text = textOf(configuration, name)
  if (text === undefined) return undefined
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0) return new Date(now.getTime() + ms)
  throw new ActionError('client', `${name} must be a duration such as 24h, not ${JSON.stringify(text)}.`)
}

async function create(
  configuration: Configuration,
  { questions }: ActionContext,
  now: Date,
): Promise<ActionResult> {
  const schema = schemaOf(configuration)
  const expiresAt = expiryOf(configuration, 'expires_in', now)
  const form = schema ? { schema } : {}
  const { id, url, token } = await questions.openCallback({ form, ...(expiresAt && { expiresAt }) })
  return { output: { id, url, token, schema: schema ?? null } }
}

async function wait(configuration: Configuration, { questions }: ActionContext, now: Date) {
  const id = textOf(configuration, 'id')
  if (id === undefined) throw new ActionError('client', 'id is missing: the id that `create` gave.')
  let question = isUuid(id) ? await questions.waitFor(id) : undefined
  if (question && !question.answer && question.expiresAt && question.expiresAt <= now)
    question = await questions.close(id)
  if (!question) throw new ActionError('client', `This task has no callback ${id}.`)
  const { answer, expiresAt } = question
  if (answer) return { output: { id, date: answer.at.toISOString(), body: answer.value } }
  if (question.isClosed) throw new ActionError('client', 'Nobody called in time.', { output: { id } })
  return { output: { id }, wait: { ...(expiresAt && { until: expiresAt }) } }
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}

function check(configuration: Configuration): string[] {
  const { action, id } = configuration
  if (isTemplated(action)) return []
  if (action === 'wait' && id === undefined)
    return ['id is missing: `{{.step.NAME.output.id}}` of the step that creates it.']
  return schemaComplaints(configuration)
}

/** Lets another system tell a task something: one step makes the address, a later one waits for the call. */
export function callbackAction(clock: Clock): Action<Configuration> {
  const run = (configuration: Configuration, context: ActionContext): Promise<ActionResult> => {
    const verb = textOf(configuration, 'action')
    if (verb === 'create') return create(configuration, context, clock.now())
    if (verb === 'wait') return wait(configuration, context, clock.now())
    throw new ActionError('client', 'action must be create or wait.')
  }
  return {
    type: 'callback',
    description:
      'Makes an address that another system may call once, with JSON, or waits for that call. A call is never lost: it may come before anybody waits for it.',
    idempotent: true,
    waitsFor: 'callback',
    example: { action: 'wait', id: '{{.step.createCallback.output.id}}' },
    configuration: {
      type: 'object',
      additionalProperties: false,
      required: ['action'],
      properties: {
        action: {
          type: 'string',
          enum: ['create', 'wait'],
          description: '`create` makes the address, `wait` waits for the call.',
        },
        schema: { ...schemaProperty('the body that is sent') },
        expires_in: {
          type: 'string',
          description: 'Of create: a call that comes later is refused, and the step that waits fails.',
          examples: ['24h'],
        },
        id: { type: 'string', description: 'Of wait: the id that `create` gave.' },
      },
    },
    output: {
      type: 'object',
      properties: {
        id: { type: 'string', description: 'Names the callback.' },
        url: {
          type: 'string',
          description: 'Of create: the address, with its token. Call it with POST and JSON.',
        },
        token: {
          type: 'string',
          description: 'Of create: the token alone, for a header `x-callback-token`.',
        },
        schema: { description: 'Of create: what a body must fit.' },
        date: { type: 'string', format: 'date-time', description: 'Of wait: when the call came.' },
        body: { description: 'Of wait: what was sent.' },
      },
      required: ['id'],
    },
    check,
    run,
  }
}
