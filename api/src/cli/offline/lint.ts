import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type FileFinding,
  type FindingFormat,
  lintReport,
  reportLines,
  sumLine,
} from '@stint/schema/findings-text'
import { fileTrouble } from '../../base/file-trouble.ts'
import { readFunctionFolders } from '../../domains/functions/folder.ts'
import { Refusal } from '../refusal.ts'
import { isFolder, type Surroundings, templateFiles, workbench } from './workbench.ts'

export interface LintOptions extends Surroundings {
  readonly paths: readonly string[]
  readonly format: FindingFormat
}

/**
 * Checks templates as a server would when it loads them, with the functions and scripts beside them; configuration items are not
 * known here. Exit code 1 with an error, 3 with warnings only.
 */
export async function lintTemplates({ paths, format, ...given }: LintOptions): Promise<number> {
  const found = await templateFiles(paths)
  const { check, functions } = await workbench(paths, given)
  const files = found.filter((file) => file === '-' || !isFunction(textOf(file)))
  if (files.length === 0) throw new Refusal(notTemplates(found))
  const findings: FileFinding[] = functions.faulty.flatMap((fault) => findingsOf(fault))
  const names = new Map<string, string>()
  for (const file of files) {
    const { template, findings: own } = await check(textOf(file))
    findings.push(...own.map((finding) => ({ ...finding, file })))
    const other = template && names.get(template.name)
    if (other !== undefined) findings.push(sameName(file, other))
    if (template !== undefined) names.set(template.name, file)
  }
  if (files.length < found.length)
    process.stderr.write(`${notTemplates(found.filter((file) => !files.includes(file)))}\n`)
  return report(findings, files.length + functions.files.length, format)
}

/** A function says itself what it does; a template has steps that do. Only whole lines count: a text may be faulty. */
function isFunction(text: string): boolean {
  return /^action\s*:/m.test(text) && !/^(?:steps|title_format)\s*:/m.test(text)
}

function notTemplates(files: readonly string[]): string {
  const [what, them] =
    files.length === 1 ? ['is a function, no template', 'it'] : ['are functions, no templates', 'them']
  return `${files.join(', ')} ${what}; check ${them} with: stint function lint ${files.join(' ')}`
}

/** The same for function files; a folder with all below it. */
export async function lintFunctions({ paths, format, ...given }: LintOptions): Promise<number> {
  const { options } = await workbench(paths, { ...given, functions: [] })
  const folders = paths.map((path) => (isFolder(path) ? path : dirname(path)))
  const read = await readFunctionFolders(
    [...new Set(folders)].map((path) => ({ path })),
    options,
  )
  const asked = read.files.filter(({ path }) => paths.some((each) => path === each || isBelow(path, each)))
  const missing = paths.filter((each) => !isFolder(each) && !asked.some(({ path }) => path === each))
  if (missing.length > 0)
    throw new Refusal(`${missing.join(', ')} cannot be read as a function file (*.yaml).`)
  const unread = read.faulty.filter(({ findings }) => findings.length === 0)
  const findings = [...asked, ...unread].flatMap((file) => findingsOf(file))
  return report(findings, asked.length, format)
}

function isBelow(path: string, folder: string): boolean {
  return isFolder(folder) && path.startsWith(join(folder, '/'))
}

function findingsOf({
  path,
  findings,
  message = '',
}: {
  readonly path: string
  readonly message?: string
  readonly findings: readonly Omit<FileFinding, 'file'>[]
}): FileFinding[] {
  if (findings.length > 0) return findings.map((finding) => ({ ...finding, file: path }))
  return message === ''
    ? []
    : [{ file: path, line: 1, column: 1, severity: 'error', code: 'unreadable', path: '', message }]
}

function sameName(file: string, other: string): FileFinding {
  const message = `${other} has the same name; the server would use only the last of them.`
  return { file, line: 1, column: 1, severity: 'warning', code: 'duplicate-name', path: 'name', message }
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new Refusal(fileTrouble(file, error), error)
  }
}

function report(findings: readonly FileFinding[], files: number, format: FindingFormat): number {
  const whole = lintReport(findings, files)
  for (const line of reportLines(whole, format)) process.stdout.write(`${line}\n`)
  if (format === 'text') process.stderr.write(`${sumLine(whole)}\n`)
  return whole.errors > 0 ? 1 : whole.warnings > 0 ? 3 : 0
}
