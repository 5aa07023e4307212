import type { Command } from 'commander'
import { type CommonOptions, Terminal } from './terminal/terminal.ts'

/** What a command does; a number it gives back is the exit code. */
export type Verb<Args extends unknown[]> = (terminal: Terminal, ...args: Args) => Promise<number | undefined>

/** Where the exit code of the command that ran is left. */
export interface Ending {
  code: number
}

/**
 * The handler of a command. Its module is loaded only when the command is called, so that `stint --help` and completion load
 * none of them. The options are those of the command with the common ones.
 */
export function lazily<Args extends unknown[]>(ending: Ending, load: () => Promise<Verb<Args>>) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command
    const options = command.optsWithGlobals<CommonOptions>()
    const verb = await load()
    const code = await verb(new Terminal(options), ...([...given.slice(0, -2), options] as Args))
    ending.code = code ?? 0
  }
}
