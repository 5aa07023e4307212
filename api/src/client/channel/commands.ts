import { type Command, Option } from 'commander'
import { type Ending, lazily } from '../action.ts'

/** `stint channel …` and `stint delivery …`. */
export function addChannelCommands(program: Command, ending: Ending): void {
  const channel = program.command('channel').description('where notifications go')
  channel
    .command('list')
    .description('every channel and what it was told last')
    .action(lazily(ending, async () => (await import('./verbs.ts')).listChannels))
  channel
    .command('save')
    .argument('<name>', 'its name')
    .argument('[values...]', 'its configuration: url=https://…, secret=…, to=a@example.org,b@example.org')
    .description('make a channel, or change one')
    .addOption(new Option('--kind <kind>', 'what it speaks').choices(['webhook', 'slack', 'email']))
    .addOption(
      new Option('--strategy <strategy>', 'which news it tells; a new channel has failure_only').choices([
        'always',
        'failure_only',
        'failure_or_done',
        'silent',
      ]),
    )
    .option('--file <file>', 'its configuration from a YAML or JSON file; - is standard input')
    .option('--off', 'switch it off')
    .option('--on', 'switch it on')
    .addHelpText(
      'after',
      '\nWhat is not named stays as it was. A value is read as JSON where it is JSON: headers=\'{"x-team": "blue"}\'',
    )
    .action(lazily(ending, async () => (await import('./save.ts')).saveChannel))
  channel
    .command('test')
    .argument('<name>', 'its name')
    .description('send it a test; exit code 1 when it does not arrive')
    .action(lazily(ending, async () => (await import('./verbs.ts')).testChannel))
  channel
    .command('delete')
    .argument('<name>', 'its name')
    .description('delete it; what waits for it fails')
    .action(lazily(ending, async () => (await import('./verbs.ts')).deleteChannel))
  const delivery = program.command('delivery').description('the log of notifications')
  delivery
    .command('list')
    .description('what was told, newest first')
    .option('--channel <name>', 'only to this channel')
    .option('--task <id>', 'only about this task')
    .addOption(
      new Option('--state <state...>', 'only in these states').choices(['waiting', 'delivered', 'failed']),
    )
    .option('--limit <number>', 'at most so many (20)')
    .action(lazily(ending, async () => (await import('./verbs.ts')).listDeliveries))
  delivery
    .command('retry')
    .argument('<id>', 'its id')
    .description('try it once more, now')
    .action(lazily(ending, async () => (await import('./verbs.ts')).retryDelivery))
}
