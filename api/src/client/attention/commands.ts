import { type Command, Option } from 'commander'
import { type Ending, lazily } from '../action.ts'

/** `stint attention`: what waits for you. */
export function addAttentionCommand(program: Command, ending: Ending): void {
  program
    .command('attention')
    .description('what waits for you: approvals, questions, interrupted steps, paused tasks; longest first')
    .addOption(
      new Option('--kind <kind...>', 'only these').choices(['approval', 'input', 'review', 'paused']),
    )
    .option('--limit <number>', 'at most so many', '25')
    .action(lazily(ending, async () => (await import('./list.ts')).listAttention))
}
