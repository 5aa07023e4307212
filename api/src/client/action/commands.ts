import type { Command } from 'commander'
import { type Ending, lazily } from '../action.ts'

/** `stint action …`. */
export function addActionCommands(program: Command, ending: Ending): void {
  const action = program.command('action').description('look at what steps can do')
  action
    .command('list')
    .description('the actions, by type; needs no server')
    .option('--server', 'ask the server, which knows its plug-ins')
    .action(lazily(ending, async () => (await import('./show.ts')).listActions))
  action
    .command('show')
    .argument('<type>', 'its type, such as http')
    .description('all there is to know about an action; needs no server')
    .option('--server', 'ask the server, which knows its plug-ins')
    .action(lazily(ending, async () => (await import('./show.ts')).showAction))
}
