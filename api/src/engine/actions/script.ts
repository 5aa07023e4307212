import { userInfo } from 'node:os'
import { limits } from '@stint/schema/limits'
import type { Clock } from '../../base/clock.ts'
import { durationText } from '../../base/duration.ts'
import { LineBuffer } from '../../base/printable.ts'
import { type Action, type ActionContext, ActionError, type ActionResult } from '../action.ts'
import { type Configuration, complaintOf, isTemplated, wrong } from './configuration.ts'
import { type ProcessEnd, ProcessStartError, runProcess } from './process-run.ts'
import { findScript } from './script-file.ts'
import { type ScriptOrder, scriptOrderOf } from './script-order.ts'
import { lastLine, scriptOutput, Tail } from './script-output.ts'
import { scriptSchemas } from './script-schema.ts'

/** What the script action needs from the process it runs in. */
export interface ScriptActionOptions {
  /** Where scripts lie; the first folder that has one wins. */
  readonly folders: readonly string[]
  readonly clock: Clock
  /** Between asking a script to end and killing it. */
  readonly graceMs?: number
}

const printedCharsMax = 1_048_576
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

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
function environmentOf(
  { environment }: ScriptOrder,
  { task, step, attempt }: ActionContext,
): Record<string, string> {
  const own = { STINT_TASK_ID: task.id, STINT_STEP: step.name, STINT_ATTEMPT_KEY: attempt.key }
  return { PATH: systemPath, LANG: 'C.UTF-8', ...account(), ...own, ...environment }
}

/** Collects what a script prints: all of it to the log while it comes, up to a bound, and the end for the output. */
class Printed {
  readonly #stdout = new Tail(printedCharsMax)
  readonly #stderr = new Tail(2000)
  readonly #both = new Tail(printedCharsMax)
  readonly #lines: Record<'stdout' | 'stderr', LineBuffer>
  readonly #log: ActionContext['log']
  #left: number = limits.stepOutputBytesMax

  constructor(log: ActionContext['log']) {
    this.#log = log
    const lines = (stream: 'stdout' | 'stderr') => new LineBuffer((text) => this.#logBounded(text, stream))
    this.#lines = { stdout: lines('stdout'), stderr: lines('stderr') }
  }

  push(stream: 'stdout' | 'stderr', text: string): void {
    this.#both.push(text)
    if (stream === 'stdout') this.#stdout.push(text)
    else this.#stderr.push(text)
    this.#lines[stream].push(text)
  }

  end(): { stdout: string; both: string; lastError: string } {
    this.#lines.stdout.flush()
    this.#lines.stderr.flush()
    return {
      stdout: this.#stdout.text,
      both: this.#both.text,
      lastError: lastLine(this.#stderr.text).slice(0, 300),
    }
  }

  #logBounded(text: string, stream: 'stdout' | 'stderr'): void {
    if (this.#left <= 0) return
    this.#log(text.slice(0, this.#left), stream)
    this.#left -= text.length
    if (this.#left <= 0)
      this.#log('… more was printed than is kept; the end of it is in the metadata.\n', 'log')
  }
}

/** What went wrong, undefined when nothing did. */
function complaintAbout(end: ProcessEnd, order: ScriptOrder, context: ActionContext, lastError: string) {
  const detail = lastError === '' ? '' : `: ${lastError}`
  if (end.stopped === 'aborted') return `${order.path} was stopped: ${String(context.signal.reason)}`
  if (end.stopped === 'timeout')
    return `${order.path} did not end within ${durationText(order.timeoutMs)} and was stopped`
  if (end.endSignal !== null) return `${order.path} was ended by ${end.endSignal}${detail}`
  return end.exitCode === 0 ? undefined : `${order.path} ended with exit code ${end.exitCode}${detail}`
}

function kindOf({ exitCode, stopped }: ProcessEnd, { clientCodes }: ScriptOrder): 'client' | 'server' {
  const isClient = clientCodes.some(([first, last]) => exitCode >= first && exitCode <= last)
  return stopped === undefined && isClient ? 'client' : 'server'
}

async function execute(
  options: ScriptActionOptions,
  order: ScriptOrder,
  printed: Printed,
  context: ActionContext,
) {
  const found = findScript(options.folders, order.path)
  if (typeof found === 'string') throw wrong(found)
  try {
    return await runProcess({
      ...found,
      args: order.args,
      environment: environmentOf(order, context),
      stdin: order.stdin,
      timeoutMs: order.timeoutMs,
      graceMs: options.graceMs ?? 10_000,
      signal: context.signal,
      onGroup: (group, startedAt) => context.ownProcessGroup(group, startedAt),
      onOutput: (stream, text) => printed.push(stream, text),
    })
  } catch (error) {
    if (!(error instanceof ProcessStartError)) throw error
    throw new ActionError('server', `${order.path} could not be started: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

async function run(
  options: ScriptActionOptions,
  configuration: Configuration,
  context: ActionContext,
): Promise<ActionResult> {
  const order = scriptOrderOf(configuration)
  const printed = new Printed(context.log)
  const startMs = options.clock.monotonicMs()
  const end = await execute(options, order, printed, context)
  const { stdout, both, lastError } = printed.end()
  const { output, complaint } = scriptOutput(order.mode, order.delimiters, { stdout, both })
  const failure = complaintAbout(end, order, context, lastError) ?? complaint
  const metadata = {
    exit_code: String(end.exitCode),
    process_state: end.endSignal === null ? `exit status ${end.exitCode}` : `signal: ${end.endSignal}`,
    output: both,
    execution_time: durationText(options.clock.monotonicMs() - startMs),
    error: failure ?? '',
  }
  if (end.hadLeftOvers) context.log('Processes that the script left behind were ended.\n')
  if (failure === undefined) return { output, metadata }
  context.log(`${failure}\n`)
  throw new ActionError(kindOf(end, order), failure, { output, metadata })
}

/** Everything but values that are still templated. */
function check(folders: readonly string[], configuration: Configuration): string[] {
  const complaints: string[] = []
  const path = configuration.file_path
  if (isTemplated(path))
    complaints.push('file_path must be literal: which program runs is not for inputs to say.')
  const literals = Object.fromEntries(
    Object.entries(configuration).filter(([, value]) => !isTemplated(value)),
  )
  const complaint = complaintOf(() => scriptOrderOf({ ...literals, file_path: path }))
  if (complaint !== undefined) complaints.push(complaint)
  if (typeof path !== 'string' || path === '' || isTemplated(path)) return complaints
  const found = findScript(folders, path)
  return typeof found === 'string' ? [...complaints, found] : complaints
}

/** Runs an executable file of the scripts folders. */
export function scriptAction(options: ScriptActionOptions): Action<Configuration> {
  return {
    type: 'script',
    description:
      'Runs a script of the scripts folder on the executor. Exit code 0 is success, any other a server error, which is tried again, unless it is listed as unrecoverable. What it prints is shown live.',
    ...scriptSchemas,
    idempotent: false,
    check: (configuration) => check(options.folders, configuration),
    run: (configuration, context) => run(options, configuration, context),
  }
}
