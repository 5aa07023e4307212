import type { Command } from 'commander'
import { type Ending, lazily } from '../action.ts'

/** `stint resource …`. */
export function addResourceCommands(program: Command, ending: Ending): void {
  const command = program
    .command('resource')
    .description('what tasks lock and limit: hosts, databases, labels')
  command
    .command('list')
    .argument('[text]', 'a part of the name')
    .description('what tasks hold and wait for')
    .option('--all', 'also what tasks merely name')
    .option('--limit <number>', 'at most so many', '50')
    .action(lazily(ending, async () => (await import('./show.ts')).listResources))
  command
    .command('show')
    .argument('<name>', 'as host/db1, or the name of a limit')
    .description('who holds a resource and who waits for it, the next first')
    .action(lazily(ending, async () => (await import('./show.ts')).showResource))
}
