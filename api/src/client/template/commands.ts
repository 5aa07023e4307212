import type { Command } from 'commander'
import { type Ending, lazily } from '../action.ts'

/** `stint template …`. */
export function addTemplateCommands(program: Command, ending: Ending): void {
  const template = program.command('template').description('look at templates and check their files')
  template
    .command('list')
    .description('templates you may see, by name')
    .option('--hidden', 'also those that are hidden')
    .action(lazily(ending, async () => (await import('./show.ts')).listTemplates))
  template
    .command('show')
    .argument('<name>', 'its name')
    .description('its inputs and steps')
    .option('--template-version <number>', 'not the newest version')
    .option('--text', 'only its text')
    .action(lazily(ending, async () => (await import('./show.ts')).showTemplate))
  template
    .command('lint')
    .argument('<file...>', 'YAML files; - is standard input')
    .description('check template files, each fault with line and column; needs no server')
    .option('--server', 'let the server check, which knows its actions, functions and scripts')
    .action(lazily(ending, async () => (await import('./lint.ts')).lintTemplates))
}
