import {
  type FileFinding,
  type FindingFormat,
  lintReport,
  reportLines,
  sumLine,
} from '@stint/schema/findings-text'
import type { Finding } from '@stint/schema/template-types'
import { exitCodes } from '../exit.ts'
import { fileText } from '../file.ts'
import { runOffline } from '../offline.ts'
import { document } from '../server/document.ts'
import type { Terminal } from '../terminal/terminal.ts'

export const checkDocument = document<
  { checkTemplate: { readonly findings: readonly Finding[] } },
  { text: string }
>(`
  query CliCheckTemplate($text: String!) {
    checkTemplate(text: $text) { findings { line column severity code path message } }
  }`)

export interface LintOptions {
  readonly server?: boolean
  readonly format?: FindingFormat
  readonly functions?: readonly string[]
  readonly scripts?: readonly string[]
}

/** Offline unless the server is asked for. Exit code 1 when a file has an error, 3 when there are only warnings. */
export function lintTemplates(terminal: Terminal, paths: readonly string[], options: LintOptions) {
  if (options.server === true) return lintOnServer(terminal, paths, options)
  return runOffline('template-lint', offlineOptions(terminal, paths, options))
}

export function lintFunctions(terminal: Terminal, paths: readonly string[], options: LintOptions) {
  return runOffline('function-lint', offlineOptions(terminal, paths, options))
}

function offlineOptions(terminal: Terminal, paths: readonly string[], options: LintOptions): object {
  const { functions, scripts } = options
  return { paths, format: formatOf(terminal, options), functions, scripts }
}

function formatOf(terminal: Terminal, { format }: LintOptions): FindingFormat {
  return format ?? (terminal.isJson ? 'json' : 'text')
}

async function lintOnServer(terminal: Terminal, files: readonly string[], options: LintOptions) {
  const all: FileFinding[] = []
  for (const file of files) {
    const { checkTemplate } = await terminal.connection.query(checkDocument, { text: fileText(file) })
    all.push(...checkTemplate.findings.map((finding) => ({ ...finding, file })))
  }
  const report = lintReport(all, files.length)
  const format = formatOf(terminal, options)
  for (const line of reportLines(report, format)) terminal.print(line)
  if (format === 'text') terminal.note(sumLine(report))
  if (report.errors > 0) return exitCodes.error
  return report.warnings > 0 ? exitCodes.warning : exitCodes.success
}
