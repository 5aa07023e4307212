import { parseDuration } from '@stint/schema/duration'
import type { Clock } from '../../base/clock.ts'
import { type Action, type ActionContext, ActionError, type ActionResult } from '../action.ts'
import { type Configuration, complaintOf, isTemplated, textOf } from './configuration.ts'

/** About 100 years: further away is a slip of the pen, and the database's calendar ends somewhere too. */
const longestMs = 100 * 365.25 * 86_400_000

const instantPattern = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)$/

function never(message: string): ActionError {
  return new ActionError('client', message)
}

/** The instant a configuration means, seen from `now`. */
function instantOf(configuration: Configuration, now: Date): Date {
  const span = textOf(configuration, 'for')
  const instant = textOf(configuration, 'until')
  if ((span === undefined) === (instant === undefined))
    throw never('Exactly one of for and until must be given.')
  if (span !== undefined) {
    const ms = parseDuration(span)
    if (ms === undefined || ms > longestMs)
      throw never(`for must be a duration such as 10s, 1h30m or 2d, not ${JSON.stringify(span)}.`)
    return new Date(now.getTime() + ms)
  }
  const until = new Date(instant as string)
  if (!instantPattern.test(instant as string) || Number.isNaN(until.getTime())) {
    throw never(
      `until must be an instant with its zone, such as 2026-01-31T08:00:00Z, not ${JSON.stringify(instant)}.`,
    )
  }
  if (until.getTime() - now.getTime() > longestMs)
    throw never(`until lies more than 100 years ahead: ${instant}.`)
  return until
}

/** The instant the first run has found; a wake-up never moves it. */
function rememberedInstant(context: ActionContext): Date | undefined {
  const { until } = (context.previousOutput ?? {}) as { until?: unknown }
  return context.resumed && typeof until === 'string' ? new Date(until) : undefined
}

function check(configuration: Configuration): string[] {
  if (isTemplated(configuration.for) || isTemplated(configuration.until)) return []
  // What is in the past now is not wrong, so any instant will do to look at the fields.
  const complaint = complaintOf(() => instantOf(configuration, new Date(0)))
  return complaint === undefined || complaint.includes('100 years') ? [] : [complaint]
}

/** Waits without occupying anything: the instant is a timer of the engine, not a sleeping process. */
export function waitAction(clock: Clock): Action<Configuration> {
  const run = (configuration: Configuration, context: ActionContext): ActionResult => {
    const now = clock.now()
    const until = rememberedInstant(context) ?? instantOf(configuration, now)
    const output = { until: until.toISOString() }
    return until.getTime() > now.getTime() ? { output, wait: { until } } : { output }
  }
  return {
    type: 'wait',
    description:
      'Waits for a time or until an instant. Nothing runs meanwhile, and a restart does not start it anew.',
    idempotent: true,
    example: { for: '1h30m' },
    configuration: {
      type: 'object',
      additionalProperties: false,
      properties: {
        for: {
          type: 'string',
          description:
            'How long, from the moment the step starts: `10s`, `1h30m`, `2d`. Give either this or `until`.',
          examples: ['10s', '1h30m', '2d'],
        },
        until: {
          type: 'string',
          description:
            'Till when, with the zone: `2026-01-31T08:00:00+01:00`. An instant in the past ends the step at once.',
          examples: ['2026-01-31T08:00:00Z'],
        },
      },
      oneOf: [{ required: ['for'] }, { required: ['until'] }],
    },
    output: {
      type: 'object',
      properties: {
        until: { type: 'string', format: 'date-time', description: 'The instant at which the wait ends.' },
      },
      required: ['until'],
    },
    check,
    run,
  }
}
