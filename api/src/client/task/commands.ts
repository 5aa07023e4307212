import { reviewDecisions, taskResults, taskStates } from '@stint/schema/words'
import { type Command, Option } from 'commander'
import { type Ending, lazily } from '../action.ts'
import { repeated } from '../repeated.ts'

const idHelp = 'its id, the beginning or end of it, or "last"'

function addReading(task: Command, ending: Ending): void {
  task
    .command('list')
    .description('tasks you may see, newest first')
    .addOption(new Option('--state <state...>', 'only in these states').choices(taskStates))
    .addOption(new Option('--result <result...>', 'only with these results').choices(taskResults))
    .option('--mine', 'only those you started')
    .option('--template <name>', 'only those of a template')
    .option('--text <text>', 'with this in title, label or error')
    .option('--limit <number>', 'at most so many', '25')
    .action(lazily(ending, async () => (await import('./list.ts')).listTasks))
  task
    .command('show')
    .argument('<id>', idHelp)
    .argument('[step]', 'name or number of a step: what it answered, its tries and what it printed')
    .description('everything about a task, the exit code tells how it went; or about one of its steps')
    .action(lazily(ending, async () => (await import('./show-step.ts')).showTaskOrStep))
  task
    .command('follow')
    .argument('<id>', idHelp)
    .description('what happens in a task and what its steps print, until it ends or needs a person')
    .action(lazily(ending, async () => (await import('./follow.ts')).followTask))
  task
    .command('why')
    .argument('<id>', idHelp)
    .description('why a task does not run now')
    .action(lazily(ending, async () => (await import('./show.ts')).whyTask))
}

const verbs = [
  ['cancel', 'end it: running actions are stopped'],
  ['pause', 'start no further step of it and its sub-tasks until it is resumed'],
  ['resume', 'continue it where it stopped, and its sub-tasks that were paused with it'],
  ['reject', 'refuse it while it waits for approval'],
  ['start-over', 'begin again from its first step; of a task that is over, as a new task'],
  ['extend', 'give it as many automatic retries again when it has used them up'],
] as const

const dangerous = [
  ['force-cancel', 'end it at once: what runs is killed'],
  ['unlock', 'give it up while it is paused, and free its locks'],
  ['force-unlock', 'give it up wherever it stands, and free its locks'],
] as const

function addTaskVerbs(task: Command, ending: Ending): void {
  for (const [name, description] of verbs) {
    const verb = task
      .command(name)
      .argument('<id>', idHelp)
      .description(description)
      .option('-m, --reason <sentence>', 'why, for the record')
      .option(
        '--wait <seconds>',
        'answer only when it has stopped or paused, at most after so many seconds (60)',
      )
      .action(lazily(ending, async () => (await import('./command.ts')).taskVerb(name)))
    if (name === 'pause') verb.option('--alone', 'its sub-tasks go on')
  }
  for (const [name, description] of dangerous) {
    task
      .command(name)
      .argument('<id>', idHelp)
      .description(`${description}; only where dangerous actions are allowed`)
      .option('-m, --reason <sentence>', 'why, for the audit record (needed)')
      .option('--yes', 'the consequences were read: do not ask')
      .action(lazily(ending, async () => (await import('./dangerous.ts')).dangerousVerb(name)))
  }
  task
    .command('edit')
    .argument('<id>', idHelp)
    .argument('[key=value...]', 'inputs to change')
    .description('change what it was asked with, while it is paused or has not begun')
    .option('--resolver-input <key=value>', 'an input of its resolver to change; may be repeated', repeated)
    .option('--tag <name=value>', 'a tag to set, an empty value takes it away; may be repeated', repeated)
    .option('-m, --reason <sentence>', 'why, for the record')
    .action(lazily(ending, async () => (await import('./edit.ts')).edit))
  task
    .command('people')
    .argument('<id>', idHelp)
    .description('name who else sees it and who resolves it; each list replaces the one that stands')
    .option('--watchers <names>', 'people who see it, with commas; "" for nobody')
    .option('--watcher-groups <names>', 'groups that see it')
    .option('--resolvers <names>', 'people who may accept and answer it')
    .option('--resolver-groups <names>', 'groups that may accept and answer it')
    .action(lazily(ending, async () => (await import('./edit.ts')).people))
  task
    .command('approve')
    .alias('resolve')
    .argument('<id>', idHelp)
    .argument('[key=value...]', 'what its template asks of a resolver')
    .description('accept it while it waits for approval')
    .action(lazily(ending, async () => (await import('./command.ts')).resolve))
  task
    .command('comment')
    .argument('<id>', idHelp)
    .argument('<text>', 'what to say')
    .description('put a comment on its record')
    .action(lazily(ending, async () => (await import('./command.ts')).comment))
}

function addDeleting(task: Command, ending: Ending): void {
  task
    .command('delete')
    .argument('[id...]', `only these: ${idHelp}`)
    .description('delete tasks that are over for good, with their children, logs and deliveries')
    .addOption(new Option('--result <result...>', 'only with these results').choices(taskResults))
    .option('--mine', 'only those you started')
    .option('--template <name>', 'only those of a template')
    .option('--text <text>', 'with this in title, label or error')
    .option('--older <duration>', 'only those that ended so long ago, such as 30d')
    .option('--all', 'all that are over')
    .option('--dry-run', 'only count them')
    .option('-m, --reason <sentence>', 'why, for the audit record (needed)')
    .option('--yes', 'they were counted: do not ask')
    .action(lazily(ending, async () => (await import('./delete.ts')).deleteTasks))
}

function addStepVerbs(task: Command, ending: Ending): void {
  const step = (name: string, description: string) =>
    task
      .command(name)
      .argument('<id>', idHelp)
      .argument('<step>', 'name or number of the step')
      .description(description)
      .option('-m, --reason <sentence>', 'why, for the record')
  step('retry', 'run a failed step again').action(
    lazily(ending, async () => (await import('./command.ts')).stepVerb('retry')),
  )
  step('skip', 'go on without a step; the task can end as warning at best').action(
    lazily(ending, async () => (await import('./command.ts')).stepVerb('skip')),
  )
  task
    .command('set-step')
    .argument('<id>', idHelp)
    .argument('<step>', 'name or number of the step')
    .argument('<state>', 'TODO, DONE, SKIPPED, PRUNE, …, or a custom state of the step')
    .description('put a step of a paused task into another state')
    .option('-m, --reason <sentence>', 'why, for the record')
    .action(lazily(ending, async () => (await import('./edit.ts')).setStep))
  task
    .command('answer')
    .argument('<id>', idHelp)
    .argument('<step>', 'name or number of the step that asks')
    .argument('[key=value...]', 'the fields of its form')
    .option('--json <json>', 'the whole answer as JSON instead')
    .description('answer a step that asks a person')
    .action(lazily(ending, async () => (await import('./answer.ts')).answer))
  task
    .command('review')
    .argument('<id>', idHelp)
    .argument('[step]', 'name or number of the step; not needed when only one waits')
    .description('decide about steps whose executor died while they ran')
    .option('--all', 'all of the task that wait for a review')
    .option('--run-again', 'its effects may happen a second time')
    .option('--mark-done', 'its work is done; go on with the --result')
    .option('--skip', 'go on without it; the task can end as warning at best')
    .option('--fail', 'it ends with an error')
    .option('--result <json>', 'for --mark-done: the output it would have had')
    .addOption(new Option('--decision <decision>', 'one of these four as a word').choices(reviewDecisions))
    .option('-m, --reason <sentence>', 'why, for the record')
    .action(lazily(ending, async () => (await import('./review.ts')).review))
}

/** `stint task …`: look at tasks and command them. */
export function addTaskCommands(program: Command, ending: Ending): void {
  const task = program.command('task').description('look at tasks and command them')
  addReading(task, ending)
  addTaskVerbs(task, ending)
  addDeleting(task, ending)
  addStepVerbs(task, ending)
}
