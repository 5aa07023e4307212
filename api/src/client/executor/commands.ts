import type { Command } from 'commander'
import { type Ending, lazily } from '../action.ts'

const idHelp = 'its id, or the beginning or end of it'

/** `stint executor …`: the processes that advance tasks. */
export function addExecutorCommands(program: Command, ending: Ending): void {
  const executor = program
    .command('executor')
    .description('look at the processes that run tasks, and drain them')
  executor
    .command('list')
    .description('those that live and those of the last day, and how the engine is')
    .option('--alive', 'only those that live')
    .action(lazily(ending, async () => (await import('./show.ts')).listExecutors))
  executor
    .command('show')
    .argument('<id>', idHelp)
    .description('everything about one')
    .action(lazily(ending, async () => (await import('./show.ts')).showExecutor))
  executor
    .command('drain')
    .argument('<id>', idHelp)
    .description('let it finish what it has and take nothing new')
    .option('--undo', 'let it take tasks again')
    .action(lazily(ending, async () => (await import('./show.ts')).drainExecutor))
}
