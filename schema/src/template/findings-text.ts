import { counted } from '../counted.ts'
import type { Finding } from './types.ts'

/** How findings are told: for people, for programs, or as the annotations of a GitHub workflow. */
export const findingFormats = ['text', 'json', 'github'] as const
export type FindingFormat = (typeof findingFormats)[number]

export interface FileFinding extends Finding {
  readonly file: string
}

export interface LintReport {
  readonly files: number
  readonly errors: number
  readonly warnings: number
  readonly findings: readonly FileFinding[]
}

export function lintReport(findings: readonly FileFinding[], files: number): LintReport {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  return { files, errors, warnings: findings.length - errors, findings }
}

/** What is printed for a report: a line for each finding, or one JSON text. */
export function reportLines(report: LintReport, format: FindingFormat): string[] {
  if (format === 'json') return [JSON.stringify(report.findings)]
  return report.findings.map(format === 'github' ? githubLine : textLine)
}

export function sumLine({ errors, warnings, files }: LintReport): string {
  return [counted(errors, 'error'), counted(warnings, 'warning'), counted(files, 'file')].join(', ')
}

/** The form that editors and compilers use: `file:line:column: severity: message [code]`. */
function textLine({ file, line, column, severity, message, code }: FileFinding): string {
  return `${file}:${line}:${column}: ${severity}: ${printable(message)} [${code}]`
}

/** GitHub reads these from the output of a workflow and shows them beside the lines. */
function githubLine({ file, line, column, severity, message, code }: FileFinding): string {
  const place = `file=${property(file)},line=${line},col=${column},title=${property(code)}`
  return `::${severity} ${place}::${data(message)}`
}

function data(text: string): string {
  return printable(text).replaceAll('%', '%25')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** A message may repeat what stands in the file; no control character of it reaches a terminal or becomes a line of its own. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ')
}
