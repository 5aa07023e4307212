import { accessSync, constants, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import {
  type Action,
  type ActionContext,
  ActionError,
  type ActionResult,
  type JsonSchema,
} from '../action.ts'
import { type Configuration, complaintOf, isTemplated, literalsOf, textOf, wrong } from './configuration.ts'
import { type ExecOutputMode, execOutput, execOutputModes } from './exec-output.ts'
import {
  delimitersField,
  type ProgramOptions,
  programFields,
  programMetadata,
  runProgram,
  systemPath,
} from './program.ts'
import {
  delimitersOf,
  type ExitCodes,
  exitCodesOf,
  outputModeOf,
  type ProgramSettings,
  programSettingsOf,
} from './program-order.ts'

interface ExecOrder extends ProgramSettings {
  readonly command: string
  readonly folder: string
  readonly mode: ExecOutputMode
  readonly delimiters: readonly string[]
  readonly successCodes: readonly ExitCodes[]
}

function folderOf(configuration: Configuration): string {
  const folder = textOf(configuration, 'cwd') ?? '/'
  if (!isAbsolute(folder)) throw wrong(`cwd must be an absolute path, not ${JSON.stringify(folder)}.`)
  return folder
}

function execOrderOf(configuration: Configuration): ExecOrder {
  const command = textOf(configuration, 'command')
  if (command === undefined) throw wrong('command must be given.')
  if (command.includes('/') && !isAbsolute(command))
    throw wrong(`command must be a name or an absolute path, not ${JSON.stringify(command)}.`)
  const mode = outputModeOf(configuration, execOutputModes)
  return {
    ...programSettingsOf(configuration),
    command,
    folder: folderOf(configuration),
    mode,
    delimiters: delimitersOf(configuration, mode),
    successCodes: exitCodesOf(configuration, 'exit_codes_success'),
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** Looked up here and not by a shell: what is missing is told as such, and is no failure that a retry would mend. */
function findProgram(command: string, path: string): string {
  const places = isAbsolute(command)
    ? [command]
    : path
        .split(':')
        .filter(isAbsolute)
        .map((folder) => join(folder, command))
  const file = places.find(isProgram)
  if (file !== undefined) return file
  throw new ActionError('client', `There is no program ${command} on this executor (PATH is ${path}).`)
}

function run(
  options: ProgramOptions,
  configuration: Configuration,
  context: ActionContext,
): Promise<ActionResult> {
  const order = execOrderOf(configuration)
  const file = findProgram(order.command, order.environment.PATH ?? systemPath)
  const folder = statSync(order.folder, { throwIfNoEntry: false })
  if (!folder?.isDirectory())
    throw new ActionError('client', `There is no folder ${order.folder} on this executor.`)
  return runProgram(
    {
      ...order,
      file,
      name: order.command,
      outputOf: (printed) => execOutput(order.mode, order.delimiters, printed),
    },
    options,
    context,
  )
}

function check(configuration: Configuration): string[] {
  const { command } = configuration
  const complaints = isTemplated(command)
    ? ['command must be literal: which program runs is not for inputs to say; put inputs into argv.']
    : []
  const complaint = complaintOf(() => execOrderOf({ ...literalsOf(configuration), command }))
  return complaint === undefined ? complaints : [...complaints, complaint]
}

const { argv, environment, stdin, timeout, exit_codes_unrecoverable } = programFields

const configuration: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['command'],
  properties: {
    command: {
      type: 'string',
      minLength: 1,
      description:
        'The program: a name, which is looked up on PATH, or an absolute path; not templated. No shell is involved.',
      examples: ['git', '/usr/bin/rsync'],
    },
    argv,
    cwd: { type: 'string', default: '/', description: 'The folder it starts in; an absolute path.' },
    environment,
    stdin,
    timeout,
    output_mode: {
      type: 'string',
      enum: [...execOutputModes],
      default: 'text',
      description:
        'What of its output is the output of the step: its standard output as `text`, as a list of `lines` or read as `json`; a JSON object on the last line or between delimiters as with `script`; or nothing.',
    },
    output_manual_delimiters: delimitersField,
    exit_codes_success: {
      type: 'array',
      items: { type: ['string', 'integer'] },
      description:
        'Exit codes besides 0 that are no failure: single ones and ranges, such as 1 for `grep` that found nothing.',
      examples: [['1']],
    },
    exit_codes_unrecoverable,
  },
}

/** Runs a program of the executor's machine with arguments, without a shell between. */
export function execAction(options: ProgramOptions): Action<Configuration> {
  return {
    type: 'exec',
    description:
      'Runs a program of the executor’s machine with the arguments it is given; no shell reads them. Exit code 0 is success, any other a server error, which is tried again, unless the configuration says otherwise. What it prints is shown live.',
    configuration,
    output: { description: 'What it printed, in the form that `output_mode` says.' },
    metadata: programMetadata,
    example: {
      command: 'git',
      argv: ['ls-remote', '--heads', '{{.input.repository}}'],
      environment: { GIT_TERMINAL_PROMPT: 0 },
      output_mode: 'lines',
      timeout: '30s',
    },
    idempotent: false,
    resources: () => ['fork'],
    check,
    run: (configuration, context) => run(options, configuration, context),
  }
}
