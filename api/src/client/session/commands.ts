import type { Command } from 'commander'
import { type Ending, lazily } from '../action.ts'

/** login, logout, whoami. */
export function addSessionCommands(program: Command, ending: Ending): void {
  program
    .command('login')
    .argument('[url]', 'the server')
    .description('sign in: makes an API token and keeps it in ~/.config/stint/config.json')
    .option('--token [token]', 'keep this token instead of making one; without a value it is asked for')
    .option('--name <name>', 'your name there, instead of asking for it')
    .option(
      '--password-stdin',
      'read the password from standard input; a second line is the new one, if it must be changed',
    )
    .option('--days <days>', 'days until the token ends', '90')
    .action(lazily(ending, async () => (await import('./verbs.ts')).login))
  program
    .command('logout')
    .description('forget the token, and end it on the server when "stint login" made it')
    .action(lazily(ending, async () => (await import('./verbs.ts')).logout))
  program
    .command('whoami')
    .description('who you are on the server, and what you may do')
    .action(lazily(ending, async () => (await import('./verbs.ts')).whoami))
}
