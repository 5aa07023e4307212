import type { Command } from 'commander'
import { type Ending, lazily } from '../action.ts'

/** maintenance on, off, status. */
export function addMaintenanceCommands(program: Command, ending: Ending): void {
  const maintenance = program
    .command('maintenance')
    .description(
      'let the installation only be read: running steps end, nothing new starts, nothing is changed',
    )
  maintenance
    .command('on')
    .description('begin it for all processes, or change what is said about it')
    .option('--message <text>', 'what people read meanwhile')
    .option(
      '--until <time>',
      'when it is expected to be over, such as 2026-11-20T18:00:00+01:00; announced only',
    )
    .option('--for <minutes>', 'the same, in minutes from now')
    .action(lazily(ending, async () => (await import('./verbs.ts')).on))
  maintenance
    .command('off')
    .description('end it: everything goes on where it stood')
    .action(lazily(ending, async () => (await import('./verbs.ts')).off))
  maintenance
    .command('status')
    .description('whether there is one, since when, by whom, until when')
    .action(lazily(ending, async () => (await import('./verbs.ts')).status))
}
