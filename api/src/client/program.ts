import { Command, Option } from 'commander'
import { addActionCommands } from './action/commands.ts'
import type { Ending } from './action.ts'
import { addAttentionCommand } from './attention/commands.ts'
import { addChannelCommands } from './channel/commands.ts'
import { nameNearChoices } from './choice.ts'
import { addCompletionCommands } from './completion/commands.ts'
import { addConfigurationCommands } from './configuration/commands.ts'
import { addExamples } from './examples.ts'
import { addExecutorCommands } from './executor/commands.ts'
import { exitCodeWords } from './exit.ts'
import { addFunctionCommands } from './function/commands.ts'
import { addImportCommands } from './import/commands.ts'
import { addKeysCommands } from './keys/commands.ts'
import { addMaintenanceCommands } from './maintenance/commands.ts'
import { addReportCommands } from './report/commands.ts'
import { addResourceCommands } from './resource/commands.ts'
import { addRunCommand } from './run/commands.ts'
import { addSessionCommands } from './session/commands.ts'
import { addSettingCommands } from './setting/commands.ts'
import { addTaskCommands } from './task/commands.ts'
import { addTemplateCommands } from './template/commands.ts'

const exitCodeHelp = Object.entries(exitCodeWords).map(([code, words]) => `  ${code}  ${words}`)

/** The whole command tree. Handlers are loaded when they are called; see action.ts. */
export function stintProgram(ending: Ending, version: string): Command {
  const program = new Command('stint')
    .description('Run, watch and command long-running tasks of a Stint server.')
    .version(version, '-V, --version', 'show the version')
    .addOption(new Option('--url <url>', 'the server (else STINT_URL, else where you signed in last)'))
    .addOption(
      new Option('-o, --output <format>', 'how results are written')
        .choices(['table', 'json'])
        .default('table'),
    )
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(stint --help, or --help after a command)')
    .addHelpText(
      'after',
      [
        '',
        'On the machine of the server: stint start | serve | work | migrate (stint start --help), stint keys add | remove',
        '',
        'Exit codes:',
        ...exitCodeHelp,
        '',
        'Environment: STINT_URL, STINT_TOKEN, NO_COLOR',
      ].join('\n'),
    )
  addSessionCommands(program, ending)
  addRunCommand(program, ending)
  addTaskCommands(program, ending)
  addAttentionCommand(program, ending)
  addTemplateCommands(program, ending)
  addFunctionCommands(program, ending)
  addConfigurationCommands(program, ending)
  addSettingCommands(program, ending)
  addActionCommands(program, ending)
  addChannelCommands(program, ending)
  addResourceCommands(program, ending)
  addExecutorCommands(program, ending)
  addImportCommands(program, ending)
  addReportCommands(program, ending)
  addKeysCommands(program, ending)
  addMaintenanceCommands(program, ending)
  addCompletionCommands(program, ending)
  nameNearChoices(program)
  addExamples(program)
  return program
}
