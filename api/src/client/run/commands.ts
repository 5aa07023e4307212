import { type Command, Option } from 'commander'
import { type Ending, lazily } from '../action.ts'
import { repeated, repeatedNames } from '../repeated.ts'
import { conflicts } from './locks.ts'

const help = `
Inputs: key=value, typed as the template declares; the same key again for a list.
  key=@file     the text of a file (@- is standard input)
  key:=json     a value as JSON

Locks: TYPE/NAME is locked for this task alone; TYPE/NAME:shared together with other shared ones;
  TYPE/NAME:exclusive:OPERATION keeps out only the same operation, and locks on all of them.

Options that may be repeated take one value each; names may also be written with commas.

Examples:
  stint run new-member name=Ada team=core --follow
  stint run health-check --wait && echo well
  stint run resize count:=3 --wait=30 -o json
  stint run reboot host=db1 --lock host/db1:exclusive:reboot --on-conflict wait --watcher ann,bob`

/** `stint run TEMPLATE`. */
export function addRunCommand(program: Command, ending: Ending): void {
  program
    .command('run')
    .argument('<template>', 'its name')
    .argument('[key=value...]', 'its inputs')
    .description('start a task from a template; without --wait or --follow, exit code 0 means it is accepted')
    .option(
      '--input-file <file>',
      'inputs from a YAML or JSON file (- is standard input); key=value overrides them',
    )
    .option('--wait [seconds]', 'stay until it ended or needs a person; the exit code tells how it went')
    .option('--follow', 'like --wait, and show what happens')
    .option('--template-version <number>', 'not the newest version')
    .option('--idempotency-key <key>', 'a second call with the same key gives the same task')
    .option('--tag <name=value>', 'put a tag on it; may be repeated', repeated)
    .option('--watcher <name>', 'who else may see it; may be repeated', repeatedNames)
    .option('--watcher-group <name>', 'a group that may see it; may be repeated', repeatedNames)
    .option('--resolver <name>', 'who else may accept and answer it; may be repeated', repeatedNames)
    .option(
      '--resolver-group <name>',
      'a group that may accept and answer it; may be repeated',
      repeatedNames,
    )
    .option(
      '--resolver-input <key=value>',
      'inputs of its resolver: accepts it at once; may be repeated',
      repeated,
    )
    .option(
      '--lock <resource>',
      'a resource that it needs alone before it starts, see below; may be repeated',
      repeated,
    )
    .addOption(
      new Option(
        '--on-conflict <what>',
        'when a --lock is held: refuse (the default), queue, or answer with that task',
      ).choices(conflicts),
    )
    .option('--lock-wait <time>', 'with --on-conflict wait: give up after so long, such as 10m')
    .option('--link <resource>', 'a resource that it refers to; may be repeated', repeated)
    .option('--depends-on <id>', 'start when this has stopped; may be repeated', repeatedNames)
    .option('--start-at <when>', 'not before: an instant with zone, or from now: 10m, 2h')
    .option('--start-before <when>', 'not after')
    .option('--priority <number>', 'a higher number starts sooner: -1000 to 1000 (0)')
    .option('--region <name>', 'only executors of this region run it')
    .option('--comment <text>', 'the first comment on it')
    .addHelpText('after', help)
    .action(lazily(ending, async () => (await import('./start.ts')).runTemplate))
}
