import { readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import type { Ending } from './action.ts'
import { exitCodes } from './exit.ts'
import { stintProgram } from './program.ts'
import { withWrap } from './report/commands.ts'
import { reportFailure } from './terminal/terminal.ts'

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

/** Runs one command line (without the program's own name) and gives back its exit code. */
export async function stint(args: readonly string[]): Promise<number> {
  const ending: Ending = { code: exitCodes.success }
  const program = stintProgram(ending, version())
  for (const command of [program, ...program.commands.flatMap((each) => [each, ...each.commands])]) {
    command.exitOverride()
  }
  try {
    await program.parseAsync(withWrap(args), { from: 'user' })
    return ending.code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage
    return reportFailure(error)
  }
}

/** The life of the program: what bin/stint.mjs starts. */
export async function main(): Promise<never> {
  // "stint task list | head": who reads has seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.success)
  })
  const code = await stint(process.argv.slice(2))
  // What a slow reader has not taken yet would be lost: a pipe is not always written at once.
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((done) => stream.write('', () => done()))
  process.exit(code)
}
