import { taskResults } from '@stint/schema/words'
import { type Command, Option } from 'commander'
import { type Ending, lazily } from '../action.ts'
import { repeated } from '../repeated.ts'

const help = `
A command and its output as a task; exits as the command does:
  stint report --label nightly-backup -- ./backup.sh /srv

Step by step, from a script:
  id=$(stint report open --label release --title "Release 1.2" --step build --step publish)
  stint report step $id build RUNNING
  make 2>&1 | stint report log $id --step build
  stint report step $id build DONE
  stint report close $id --result success`

function addWrap(report: Command, ending: Ending): void {
  report
    .command('wrap')
    .argument('<command...>', 'the command and its arguments, after --')
    .description('run a command and report its output and exit code; "stint report -- COMMAND" for short')
    .option('--label <name>', 'stable name of this kind of work (the name of the command)')
    .option('--title <text>', 'a sentence about this run (the command line)')
    .option('--tag <name=value>', 'put a tag on it; may be repeated', repeated)
    .option('--strict', 'do not run the command when it cannot be reported')
    .action(lazily(ending, async () => (await import('./wrap.ts')).wrap))
}

/** `stint report …`: tasks that something else runs. */
export function addReportCommands(program: Command, ending: Ending): void {
  const report = program
    .command('report')
    .description('report work that something else does')
    .addHelpText('after', help)
  addWrap(report, ending)
  report
    .command('open')
    .description('open a task to report; prints its id and keeps its token')
    .requiredOption('--label <name>', 'stable name of this kind of work')
    .option('--title <text>', 'a sentence about this run')
    .option('--step <name>', 'a step of it, as far as they are known; may be repeated', repeated)
    .option('--tag <name=value>', 'put a tag on it; may be repeated', repeated)
    .option('--timeout-hours <hours>', 'of silence, after which it counts as lost')
    .action(lazily(ending, async () => (await import('./verbs.ts')).open))
  report
    .command('step')
    .argument('<id>', 'the task')
    .argument('<name>', 'name of the step; a new one is added')
    .argument('<state>', 'RUNNING, DONE, CLIENT_ERROR, SKIPPED, …')
    .description('say what has become of a step')
    .option('--result <json>', 'its output')
    .option('--error <text>', 'what went wrong')
    .option('--progress <share>', 'of the whole task, 0 to 1')
    .action(lazily(ending, async () => (await import('./verbs.ts')).step))
  report
    .command('log')
    .argument('<id>', 'the task')
    .argument('[text...]', 'the line; without it standard input is passed on')
    .description('add to the log')
    .option('--step <name>', 'of this step')
    .addOption(
      new Option('--stream <name>', 'as what it is shown')
        .choices(['stdout', 'stderr', 'log'])
        .default('stdout'),
    )
    .action(lazily(ending, async () => (await import('./verbs.ts')).log))
  report
    .command('close')
    .argument('<id>', 'the task')
    .description('end the task')
    .addOption(
      new Option('--result <result>', 'how it ended')
        .choices(taskResults.filter((result) => result !== 'pending'))
        .makeOptionMandatory(),
    )
    .action(lazily(ending, async () => (await import('./verbs.ts')).close))
}

const own = ['wrap', 'open', 'step', 'log', 'close', 'help']

/**
 * `report … -- COMMAND` means `report wrap … -- COMMAND`. Said before the parser looks, because it would take a command that
 * is called like one of ours (`open` is one on many systems) for ours.
 */
export function withWrap(args: readonly string[]): string[] {
  const at = args.indexOf('report')
  const end = args.indexOf('--')
  const isOther = at < 0 || end < at || own.includes(args[at + 1] ?? '')
  return isOther ? [...args] : [...args.slice(0, at + 1), 'wrap', ...args.slice(at + 1)]
}
