import { type Command, Option } from 'commander'
import { type Ending, lazily } from '../action.ts'

/** `stint completion SHELL`, and the hidden command that the scripts ask. */
export function addCompletionCommands(program: Command, ending: Ending): void {
  program
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .description('print the completion script of a shell')
    .addHelpText(
      'after',
      '\n  bash: source <(stint completion bash)\n  zsh:  source <(stint completion zsh)\n  fish: stint completion fish | source',
    )
    .action(lazily(ending, async () => (await import('./script.ts')).printScript))
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .addOption(new Option('--no-server').hideHelp())
    .action(async (...given: unknown[]) => {
      const { complete } = await import('./complete.ts')
      await lazily(ending, async () => complete(program))(...given)
    })
}
