import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { usageError } from '../exit.ts'

function demandTerminal(what: string, instead: string): void {
  if (!process.stdin.isTTY) throw usageError(`There is no terminal to ask for ${what}.`, instead)
}

/** Asks a person; throws exit code 2 when there is none. */
export async function ask(question: string, instead: string): Promise<string> {
  demandTerminal(question, instead)
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await lines.question(`${question}: `)).trim()
  } finally {
    lines.close()
  }
}

/** Asks without showing what is typed. */
export async function askSecretly(question: string, instead: string): Promise<string> {
  demandTerminal(question, instead)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  // Only now, when the terminal echoes no longer: who pastes quickly must not see it either.
  process.stderr.write(`${question}: `)
  // Ctrl-C while typing ends the program as anywhere else.
  lines.once('SIGINT', () => process.exit(130))
  try {
    return await lines.question('')
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}

/** All of standard input as text. */
export async function readStdin(): Promise<string> {
  process.stdin.setEncoding('utf8')
  let text = ''
  for await (const chunk of process.stdin) text += chunk
  return text
}
