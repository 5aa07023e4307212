import type { Command } from 'commander'
import { type Ending, lazily } from '../action.ts'

const help = `
Inputs: key=value, typed as the template declares; the same key again for a list.
  key=@file     the text of a file (@- is standard input)
  key:=json     a value as JSON

Examples:
  stint run new-member name=Ada team=core --follow
  stint run health-check --wait && echo well
  stint run resize count:=3 --wait=30 -o json`

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
    .option('--tag <name=value...>', 'put tags on it')
    .option('--watcher <name...>', 'who else may see it')
    .option('--depends-on <id...>', 'start when these have stopped')
    .option('--start-at <when>', 'not before: an instant with zone, or from now: 10m, 2h')
    .option('--start-before <when>', 'not after')
    .option('--priority <number>', 'a higher number starts sooner')
    .option('--region <name>', 'only executors of this region run it')
    .option('--comment <text>', 'the first comment on it')
    .addHelpText('after', help)
    .action(lazily(ending, async () => (await import('./start.ts')).runTemplate))
}
