import { readFileSync } from 'node:fs'
import type { Finding } from '@stint/schema/template-types'
import { exitCodes, usageError } from '../exit.ts'
import { document } from '../server/document.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { coloured, safeText } from '../terminal/text.ts'

export const checkDocument = document<
  {
    checkTemplate: {
      readonly findings: readonly (Omit<Finding, 'severity'> & { readonly severity: string })[]
    }
  },
  { text: string }
>(`
  query CliCheckTemplate($text: String!) {
    checkTemplate(text: $text) { findings { line column severity code path message } }
  }`)

type Found = Omit<Finding, 'severity'> & { readonly severity: string }

async function findingsOf(terminal: Terminal, text: string, onServer: boolean): Promise<readonly Found[]> {
  if (onServer) return (await terminal.connection.query(checkDocument, { text })).checkTemplate.findings
  const { checkTemplate } = await import('@stint/schema/template')
  return checkTemplate(text).findings
}

function read(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw usageError((error as Error).message)
  }
}

function print(terminal: Terminal, file: string, { line, column, severity, code, message }: Found): void {
  const word = severity.toLowerCase()
  const painted = coloured(word, word === 'error' ? 'red' : 'yellow')
  terminal.print(`${file}:${line}:${column}: ${painted}: ${safeText(message)} [${code}]`)
}

const isError = ({ severity }: Found) => severity.toLowerCase() === 'error'

/** Exit code 1 when a file has an error, 3 when there are only warnings. */
export async function lintTemplates(
  terminal: Terminal,
  files: readonly string[],
  options: { readonly server?: boolean },
) {
  const all: (Found & { file: string })[] = []
  for (const file of files) {
    const findings = await findingsOf(terminal, read(file), options.server === true)
    all.push(...findings.map((finding) => ({ file, ...finding })))
    if (!terminal.isJson) for (const finding of findings) print(terminal, file, finding)
  }
  if (terminal.isJson) terminal.printJson(all)
  const errors = all.filter(isError).length
  const sum = [`${errors} errors`, `${all.length - errors} warnings`, `${files.length} files`].join(', ')
  if (!terminal.isJson) terminal.note(sum)
  if (errors > 0) return exitCodes.error
  return all.length > 0 ? exitCodes.warning : exitCodes.success
}
