import type { Command } from 'commander'
import { type Ending, lazily } from '../action.ts'

/** `stint configuration …`. */
export function addConfigurationCommands(program: Command, ending: Ending): void {
  program
    .command('configuration')
    .description('what templates read as .config.NAME')
    .command('list')
    .description('the items of the server by name: where they come from and whether templates may read them')
    .action(lazily(ending, async () => (await import('./list.ts')).listConfiguration))
}
