import type { Command } from 'commander'
import { type Ending, lazily } from '../action.ts'

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
}
