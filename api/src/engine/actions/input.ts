import type { Clock } from '../../base/clock.ts'
import { type Action, type ActionContext, ActionError, type ActionResult } from '../action.ts'
import type { NewQuestion } from '../question-door.ts'
import { expiryOf } from './callback.ts'
import { type Configuration, textOf } from './configuration.ts'
import { schemaComplaints, schemaOf, schemaProperty } from './json-schema-field.ts'
import { namesOf, namesProperty } from './people.ts'

function questionOf(configuration: Configuration, now: Date): NewQuestion {
  const title = textOf(configuration, 'title')
  const description = textOf(configuration, 'description')
  const schema = schemaOf(configuration)
  const expiresAt = expiryOf(configuration, 'timeout', now)
  return {
    form: { ...(title && { title }), ...(description && { description }), ...(schema && { schema }) },
    ...(expiresAt && { expiresAt }),
    answerers: namesOf(configuration, 'answerer_usernames'),
    answererGroups: namesOf(configuration, 'answerer_groups'),
  }
}

/** Nobody answered in time: the default stands in, or the step fails. */
function answerInstead(configuration: Configuration): ActionResult {
  if (configuration.default === undefined)
    throw new ActionError('client', `Nobody answered within ${textOf(configuration, 'timeout')}.`)
  return { output: configuration.default, metadata: { answered_by: '', answered_at: '', timed_out: true } }
}

/** Asks a person and waits for the answer. */
export function inputAction(clock: Clock): Action<Configuration> {
  const run = async (configuration: Configuration, context: ActionContext): Promise<ActionResult> => {
    const { id } = (context.resumed ? (context.previousOutput ?? {}) : {}) as { id?: string }
    const now = clock.now()
    let question = id
      ? await context.questions.waitFor(id)
      : await context.questions.ask(questionOf(configuration, now))
    if (question && !question.answer && question.expiresAt && question.expiresAt <= now)
      question = await context.questions.close(question.id)
    if (!question) throw new ActionError('client', 'The question is gone; retry the step to ask anew.')
    const { answer, expiresAt } = question
    if (answer) {
      const metadata = { answered_by: answer.by, answered_at: answer.at.toISOString(), timed_out: false }
      return { output: answer.value, metadata }
    }
    if (question.isClosed) return answerInstead(configuration)
    return { output: { id: question.id }, wait: { ...(expiresAt && { until: expiresAt }) } }
  }
  return {
    type: 'input',
    description:
      'Asks a person and waits. The form is made from the JSON Schema; it is answered on the web page, over the API or with `stint task answer`. Use it to have something looked into before the task goes on.',
    idempotent: true,
    waitsFor: 'input',
    example: {
      title: 'Which host shall take over?',
      schema: { type: 'object', required: ['host'], properties: { host: { type: 'string' } } },
      timeout: '24h',
      default: { host: 'standby-1' },
    },
    configuration: {
      type: 'object',
      additionalProperties: false,
      properties: {
        title: { type: 'string', description: 'The question, in one line.' },
        description: { type: 'string', description: 'What helps to answer it; Markdown.' },
        schema: schemaProperty('the answer, from which the form is made'),
        answerer_usernames: namesProperty(
          'Who may answer; when nobody is named, whoever may resolve the task',
        ),
        answerer_groups: namesProperty('Groups that may answer'),
        timeout: {
          type: 'string',
          description: 'How long the answer may take. Then `default` stands in, or the step fails.',
          examples: ['24h'],
        },
        default: { description: 'The answer when nobody gave one in time.' },
      },
    },
    output: { description: 'The answer.' },
    metadata: {
      type: 'object',
      properties: {
        answered_by: { type: 'string', description: 'Who answered; empty for the default.' },
        answered_at: { type: 'string', description: 'When, as an instant.' },
        timed_out: { type: 'boolean', description: 'Nobody answered in time; the default stands in.' },
      },
    },
    check: schemaComplaints,
    run,
  }
}
