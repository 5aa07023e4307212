import type { Action, ActionContext, ActionResult } from '../action.ts'
import { type Configuration, complaintOf, isTemplated, literalsOf, wrong } from './configuration.ts'
import { type ProgramOptions, runProgram } from './program.ts'
import { findScript } from './script-file.ts'
import { scriptOrderOf } from './script-order.ts'
import { scriptOutput } from './script-output.ts'
import { scriptSchemas } from './script-schema.ts'

/** What the script action needs from the process it runs in. */
export interface ScriptActionOptions extends ProgramOptions {
  /** Where scripts lie; the first folder that has one wins. */
  readonly folders: readonly string[]
}

function run(
  options: ScriptActionOptions,
  configuration: Configuration,
  context: ActionContext,
): Promise<ActionResult> {
  const order = scriptOrderOf(configuration)
  const found = findScript(options.folders, order.path)
  if (typeof found === 'string') throw wrong(found)
  const outputOf = (printed: { stdout: string; both: string }) =>
    scriptOutput(order.mode, order.delimiters, printed)
  return runProgram({ ...order, ...found, name: order.path, outputOf }, options, context)
}

/** Everything but values that are still templated. */
function check(folders: readonly string[], configuration: Configuration): string[] {
  const complaints: string[] = []
  const path = configuration.file_path
  if (isTemplated(path))
    complaints.push('file_path must be literal: which program runs is not for inputs to say.')
  const complaint = complaintOf(() => scriptOrderOf({ ...literalsOf(configuration), file_path: path }))
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
    example: { file_path: 'system-facts.sh', argv: ['--short'], timeout: '30s' },
    idempotent: false,
    resources: ({ file_path }) => ['fork', `script:${String(file_path)}`],
    check: (configuration) => check(options.folders, configuration),
    run: (configuration, context) => run(options, configuration, context),
  }
}
