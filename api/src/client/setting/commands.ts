import type { Command } from 'commander'
import { type Ending, lazily } from '../action.ts'

const nameHelp = 'its name, as in "stint setting list"'

/** `stint setting …`: what administrators may change while the server runs. */
export function addSettingCommands(program: Command, ending: Ending): void {
  const setting = program.command('setting').description('look at the settings of the server and change them')
  setting
    .command('list')
    .description('every setting with its value; those that somebody changed are marked')
    .option('--changed', 'only those that are not at their default')
    .action(lazily(ending, async () => (await import('./show.ts')).listSettings))
  setting
    .command('show')
    .argument('<name>', nameHelp)
    .description('what a setting does, what it may be, what it is and who changed it')
    .action(lazily(ending, async () => (await import('./show.ts')).showSetting))
  setting
    .command('set')
    .argument('<name>', nameHelp)
    .argument('<value...>', 'true or false, a number, a word; of a list every entry')
    .description('change a setting in all processes; needs the permission setting.manage')
    .option('--add', 'of a list: put these beside the entries that it has')
    .option('--remove', 'of a list: take these out of it')
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  stint setting set max_running_actions 50',
        '  stint setting set resource_limits template:backup=2 socket=20',
        '  stint setting set --add outbound_allow "*.internal.example.org"',
      ].join('\n'),
    )
    .action(lazily(ending, async () => (await import('./change.ts')).setSetting))
  setting
    .command('reset')
    .argument('<name...>', nameHelp)
    .description('put settings back to their defaults')
    .action(lazily(ending, async () => (await import('./change.ts')).resetSettings))
}
