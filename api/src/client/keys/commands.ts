import type { Command } from 'commander'
import { type Ending, lazily } from '../action.ts'

/** keys list, rotate; add and remove run in bin/stint.mjs where the key file lies, and stand here to be found. */
export function addKeysCommands(program: Command, ending: Ending): void {
  const keys = program.command('keys').description('the keys that everything secret is sealed with')
  keys
    .command('list')
    .description('the keys, what needs each, and how far the newest rotation is')
    .action(lazily(ending, async () => (await import('./verbs.ts')).list))
  keys
    .command('rotate')
    .description(
      'let the newest key wrap, and wrap everything by it; afterwards the older ones may be removed',
    )
    .option('--reencrypt', 'also seal all values anew, with new data keys')
    .option('--no-wait', 'do not wait for its end')
    .action(lazily(ending, async () => (await import('./verbs.ts')).rotate))
  keys
    .command('add')
    .description('add a key to the key file; on the machine of the server')
    .action(lazily(ending, async () => (await import('./verbs.ts')).onServer))
  keys
    .command('remove')
    .argument('<id>', 'the key')
    .description('take a key that nothing needs out of the key file; on the machine of the server')
    .action(lazily(ending, async () => (await import('./verbs.ts')).onServer))
}
