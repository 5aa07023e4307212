import type { Command } from 'commander'
import { type Ending, lazily } from '../action.ts'

const help = `
Reads templates, functions, scripts and the configuration store of a µTask folder, checks them, and writes them into the installation
that the environment names (STINT_DATA_DIR, DATABASE_URL): files into its data directory, settings, users and channels into its
database. A server that runs takes them up by itself. Values that may be secret are never printed.

Exit codes: 0 everything works here as before, 3 the report names what a person must do.`

/** `stint import …`. */
export function addImportCommands(program: Command, ending: Ending): void {
  program
    .command('import')
    .description('take over what another system has')
    .command('utask')
    .argument('<folder>', 'its folder: templates, functions, scripts, config')
    .description('take over a µTask installation: what is kept, converted, ignored, and what needs a person')
    .option('--dry-run', 'only tell; write nothing')
    .option('--force', 'replace files of the same name')
    .option('--allow-private', 'let actions and channels reach the private hosts that it names')
    .option(
      '--keep-passwords',
      'passwords of basic-auth go on working; else each is changed at the first sign-in',
    )
    .option('--password-file <file>', 'make passwords for those who would have none, and write them there')
    .option(
      '--configuration <path>',
      'a folder or file of its configuration store; may be repeated (else config/, config.yaml, *.env, docker-compose.yaml)',
      (value: string, before: readonly string[] = []) => [...before, value],
    )
    .addHelpText('after', help)
    .action(lazily(ending, async () => (await import('./utask.ts')).importUtask))
}
