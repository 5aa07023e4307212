import { findingFormats } from '@stint/schema/findings-text'
import { type Command, Option } from 'commander'
import { type Ending, lazily } from '../action.ts'
import { repeated } from '../repeated.ts'

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
    .command('docs')
    .description('what the template language has beyond µTask’s, as Markdown')
    .action(lazily(ending, async () => (await import('./docs.ts')).templateDocs))
  lintOptions(template.command('lint'))
    .argument('<path...>', 'YAML files, or folders of them; - is standard input')
    .description('check template files, each fault with line and column; needs no server')
    .option('--server', 'let the server check, which knows its plug-ins and configuration items')
    .action(lazily(ending, async () => (await import('./lint.ts')).lintTemplates))
  template
    .command('dry-run')
    .argument('<template>', 'its name, or a file')
    .argument('[key=value...]', 'its inputs, as for stint run')
    .description(
      'what a task would do with these inputs: steps, hosts, locks and who holds them; nothing runs',
    )
    .option('--input-file <file>', 'inputs from a YAML or JSON file (- is standard input)')
    .option('--resolver-input <key=value>', 'inputs of the resolver; may be repeated', repeated)
    .option('--template-version <number>', 'not the newest version')
    .action(lazily(ending, async () => (await import('./dry-run.ts')).dryRunTemplate))
  surroundings(template.command('test'))
    .argument('<path...>', 'test files (*.test.yaml), or folders of them')
    .description('run templates on the engine, their actions answered by the tests; needs no server')
    .option('--only <text>', 'only cases whose name holds it')
    .action(lazily(ending, async () => (await import('./test.ts')).testTemplates))
}

/** What checking files has in common, for templates and functions. */
export function lintOptions(command: Command): Command {
  const format = new Option(
    '--format <format>',
    'for people, as JSON, or as annotations of a GitHub workflow',
  )
  return surroundings(command).addOption(format.choices(findingFormats))
}

function surroundings(command: Command): Command {
  return command
    .option(
      '--functions <folder>',
      'where functions lie; may be repeated (else `functions` beside the files)',
      repeated,
    )
    .option(
      '--scripts <folder>',
      'where scripts lie; may be repeated (else `scripts` beside the files)',
      repeated,
    )
}
