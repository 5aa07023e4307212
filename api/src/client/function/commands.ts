import type { Command } from 'commander'
import { type Ending, lazily } from '../action.ts'
import { lintOptions } from '../template/commands.ts'

/** `stint function …`. */
export function addFunctionCommands(program: Command, ending: Ending): void {
  const command = program.command('function').description('look at the functions that templates call')
  command
    .command('list')
    .description('functions by name')
    .action(lazily(ending, async () => (await import('./show.ts')).listFunctions))
  command
    .command('show')
    .argument('<name>', 'its name')
    .description('what it needs and who calls it')
    .option('--text', 'only its text')
    .action(lazily(ending, async () => (await import('./show.ts')).showFunction))
  lintOptions(command.command('lint'))
    .argument('<path...>', 'YAML files, or folders with all below them')
    .description('check function files, each fault with line and column; needs no server')
    .action(lazily(ending, async () => (await import('../template/lint.ts')).lintFunctions))
}
