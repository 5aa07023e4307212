import { userInfo } from 'node:os'
import type { Clock } from '../../base/clock.ts'
import { durationText } from '../../base/duration.ts'
import { type ActionContext, ActionError, type ActionResult, type JsonSchema } from '../action.ts'
import { type ProcessEnd, ProcessStartError, runProcess } from './process-run.ts'
import { type ExitCodes, holds, type ProgramSettings } from './program-order.ts'
import { Printed, type PrintedText } from './program-printed.ts'

/** A program of this machine that is to run, whichever action asked for it. */
export interface Program extends ProgramSettings {
  /** What messages call it. */
  readonly name: string
  readonly file: string
  readonly folder: string
  /** Exit codes besides 0 that are no failure. */
  readonly successCodes?: readonly ExitCodes[]
  /** The output of the step, from what it printed; a complaint makes it a failure. */
  readonly outputOf: (printed: PrintedText) => { readonly output: unknown; readonly complaint?: string }
}

/** What running programs needs from the process around it. */
export interface ProgramOptions {
  readonly clock: Clock
  /** Between asking a program to end and killing it; 10 s unless said. */
  readonly graceMs?: number
}

export const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Accounts without an entry in the user database have neither name nor home. */
function account(): Record<string, string> {
  try {
    const { homedir, username } = userInfo()
    return { HOME: homedir, USER: username }
  } catch {
    return { HOME: '/' }
  }
}

/** Made up from nothing: the server's own environment holds its secrets. */
function environmentOf({ environment }: Program, { task, step, attempt }: ActionContext) {
  const own = { STINT_TASK_ID: task.id, STINT_STEP: step.name, STINT_ATTEMPT_KEY: attempt.key }
  return { PATH: systemPath, LANG: 'C.UTF-8', ...account(), ...own, ...environment }
}

/** What went wrong, undefined when nothing did. */
function complaintAbout(end: ProcessEnd, program: Program, context: ActionContext, lastError: string) {
  const { name, timeoutMs, successCodes = [] } = program
  const detail = lastError === '' ? '' : `: ${lastError}`
  if (end.stopped === 'aborted') return `${name} was stopped: ${String(context.signal.reason)}`
  if (end.stopped === 'timeout')
    return `${name} did not end within ${durationText(timeoutMs)} and was stopped`
  if (end.endSignal !== null) return `${name} was ended by ${end.endSignal}${detail}`
  if (end.exitCode === 0 || holds(successCodes, end.exitCode)) return undefined
  return `${name} ended with exit code ${end.exitCode}${detail}`
}

async function execute(program: Program, options: ProgramOptions, printed: Printed, context: ActionContext) {
  try {
    return await runProcess({
      file: program.file,
      folder: program.folder,
      args: program.args,
      environment: environmentOf(program, context),
      stdin: program.stdin,
      timeoutMs: program.timeoutMs,
      graceMs: options.graceMs ?? 10_000,
      signal: context.signal,
      onGroup: (group, startedAt) => context.ownProcessGroup(group, startedAt),
      onOutput: (stream, text) => printed.push(stream, text),
    })
  } catch (error) {
    if (!(error instanceof ProcessStartError)) throw error
    throw new ActionError('server', `${program.name} could not be started: ${error.message}`, {
      cause: error,
    })
  }
}

/** Runs a program in a process group of its own, with its output in the live log, and turns its end into a result. */
export async function runProgram(
  program: Program,
  options: ProgramOptions,
  context: ActionContext,
): Promise<ActionResult> {
  const printed = new Printed(context.log)
  const startMs = options.clock.monotonicMs()
  const end = await execute(program, options, printed, context)
  const text = printed.end()
  const { output, complaint } = program.outputOf(text)
  const failure = complaintAbout(end, program, context, text.lastError) ?? complaint
  const metadata = {
    exit_code: String(end.exitCode),
    process_state: end.endSignal === null ? `exit status ${end.exitCode}` : `signal: ${end.endSignal}`,
    output: text.both,
    execution_time: durationText(options.clock.monotonicMs() - startMs),
    error: failure ?? '',
  }
  if (end.hadLeftOvers) context.log('Processes that it left behind were ended.\n')
  if (failure === undefined) return { output, metadata }
  context.log(`${failure}\n`)
  const isClient = end.stopped === undefined && holds(program.clientCodes, end.exitCode)
  throw new ActionError(isClient ? 'client' : 'server', failure, { output, metadata })
}

/** What every program leaves besides its output. */
export const programMetadata: JsonSchema = {
  type: 'object',
  required: ['exit_code', 'process_state', 'output', 'execution_time', 'error'],
  properties: {
    exit_code: { type: 'string', description: 'The exit code; `-1` when a signal ended it.' },
    process_state: {
      type: 'string',
      description: 'How it ended, in words: `exit status 3`, `signal: SIGKILL`.',
    },
    output: { type: 'string', description: 'What it printed on both streams; of very long output the end.' },
    execution_time: { type: 'string', description: 'How long it ran: `1.25s`.' },
    error: { type: 'string', description: 'What went wrong; empty when nothing did.' },
  },
}

/** The fields that say how a program runs, the same for all actions that run one. */
export const programFields = {
  argv: {
    type: 'array',
    items: { type: ['string', 'number', 'boolean'] },
    description: 'Its arguments. No shell reads them, so nothing in them needs quoting.',
  },
  environment: {
    type: 'object',
    additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
    description:
      'Variables of its environment. Besides these it has PATH, HOME, USER, LANG, STINT_TASK_ID, STINT_STEP and STINT_ATTEMPT_KEY, and nothing of the server’s own.',
  },
  stdin: { type: 'string', description: 'Text on its standard input. Absent: the input is empty.' },
  timeout: {
    type: 'string',
    default: '2m',
    description:
      'How long it may run. Then it and everything it started is asked to end, and after a grace period killed.',
  },
  exit_codes_unrecoverable: {
    type: 'array',
    items: { type: ['string', 'integer'] },
    description:
      'Exit codes that are client errors, which are not tried again: single ones and ranges such as `10-20`.',
    examples: [['2', '10-20']],
  },
} as const satisfies Record<string, JsonSchema>

export const delimitersField: JsonSchema = {
  type: 'array',
  items: { type: 'string' },
  minItems: 2,
  maxItems: 2,
  description: 'For `manual-delimiters`: two regular expressions (RE2), before and after the JSON object.',
}
