import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { limits } from '@stint/schema/limits'
import type { CheckOptions } from '@stint/schema/template'
import { checkFunction } from '@stint/schema/template-function'
import type { Finding, TemplateFunction } from '@stint/schema/template-types'
import type { App } from '../../base/app.ts'
import { isMissing, readTextFile, yamlFiles } from '../../base/files.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { type FaultyFile, faultSentence } from './faulty.ts'
import {
  addFunctionVersion,
  latestFunctions,
  lockFunctions,
  type NewFunctionVersion,
  setFunctionsRetired,
} from './store.ts'

export interface FunctionFolder {
  readonly path: string
  /** It may be missing. */
  readonly optional?: boolean
}

/** A function file that could be read, usable or not. */
export interface FunctionFile {
  readonly path: string
  /** The path within its folder. */
  readonly source: string
  readonly text: string
  readonly findings: readonly Finding[]
  /** Absent when there is an error among the findings. */
  readonly definition?: TemplateFunction | undefined
}

export interface ReadFunctions {
  /** Those that can be used, by name. */
  readonly functions: ReadonlyMap<string, TemplateFunction>
  readonly files: readonly FunctionFile[]
  /** What could not be used, files of `files` among them. */
  readonly faulty: readonly FaultyFile[]
}

/**
 * Reads function folders as µTask does: every `.yaml` in them and below, dot files excepted. Functions may call each other in
 * any order, so each is checked knowing all; one that calls a faulty one is faulty too. A name stands for one function only.
 */
export async function readFunctionFolders(
  folders: readonly FunctionFolder[],
  options: CheckOptions,
): Promise<ReadFunctions> {
  const faulty: FaultyFile[] = []
  const read: FunctionFile[] = []
  for (const folder of folders) read.push(...(await readFolder(folder, faulty)))
  const files = checkAll(read, options)
  for (const { path, findings, definition } of files)
    if (definition === undefined)
      faulty.push({ path, message: faultSentence('function', findings), findings })
  const functions = new Map(files.flatMap(({ definition: own }) => (own ? [[own.name, own] as const] : [])))
  return { functions, files, faulty }
}

async function readFolder(
  { path, optional = false }: FunctionFolder,
  faulty: FaultyFile[],
): Promise<FunctionFile[]> {
  const files: FunctionFile[] = []
  let sources: string[] = []
  try {
    sources = await yamlFiles(path, true)
  } catch (error) {
    if (!(optional && isMissing(error)))
      faulty.push({ path, message: `The functions folder cannot be read: ${messageOf(error)}`, findings: [] })
  }
  for (const source of sources) {
    const file = join(path, source)
    try {
      const text = await readTextFile(file, limits.templateBytesMax * 2)
      files.push({ path: file, source, text, findings: [] })
    } catch (error) {
      faulty.push({ path: file, message: `The file cannot be read: ${messageOf(error)}`, findings: [] })
    }
  }
  return files
}

function checkAll(read: readonly FunctionFile[], options: CheckOptions): FunctionFile[] {
  const unnamed = { ...options, actions: undefined, functions: undefined }
  let files = refuseDoubles(read.map((file) => ({ ...file, ...resultOf(file, unnamed) })))
  // Each round takes out those that are faulty, and keeps why; who calls them is found in the next.
  for (;;) {
    const functions = namesOf(files)
    files = files.map((file) =>
      file.definition === undefined ? file : { ...file, ...resultOf(file, { ...options, functions }) },
    )
    if (namesOf(files).size === functions.size) return files
  }
}

function refuseDoubles(files: readonly FunctionFile[]): FunctionFile[] {
  const first = new Map<string, string>()
  return files.map((file) => {
    const name = file.definition?.name
    if (name === undefined) return file
    const other = first.get(name)
    if (other === undefined) first.set(name, file.source)
    const message = `The file ${other} defines the function "${name}" already.`
    return other === undefined
      ? file
      : { ...file, definition: undefined, findings: [{ ...atStart, code: 'duplicate-name', message }] }
  })
}

function resultOf(
  { text }: FunctionFile,
  options: CheckOptions,
): Pick<FunctionFile, 'findings' | 'definition'> {
  const { function: definition, findings } = checkFunction(text, options)
  if (definition === undefined || !options.actions?.has(definition.name)) return { findings, definition }
  const message = `There is an action "${definition.name}"; a function needs a name of its own.`
  return { findings: [...findings, { ...atStart, code: 'duplicate-name', message }] }
}

const atStart = { line: 1, column: 1, severity: 'error', path: 'name' } as const

function namesOf(files: readonly FunctionFile[]): Map<string, TemplateFunction> {
  return new Map(
    files.flatMap(({ definition }) => (definition ? [[definition.name, definition] as const] : [])),
  )
}

/** What loading the folders has done, by function name. */
export interface LoadedFunctions {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly retired: readonly string[]
  readonly faulty: readonly FaultyFile[]
}

/**
 * Brings the stored functions in line with the folders. A changed file becomes a new version; where anything could not be read
 * nothing is retired. Several processes may do this at once. Templates that call changed functions: `renewTemplates`.
 */
export async function loadFunctions(
  app: App,
  folders: readonly FunctionFolder[],
  options: CheckOptions,
): Promise<LoadedFunctions> {
  const { files, faulty } = await readFunctionFolders(folders, options)
  const fresh = files.flatMap(({ definition, source, text }): NewFunctionVersion[] =>
    definition ? [{ definition, source, text, digest: digestOf(text) }] : [],
  )
  return inTransaction(app.sql, async (tx) => {
    await lockFunctions(tx)
    const known = new Map((await latestFunctions(tx, true)).map((row) => [row.name, row]))
    const nameOf = ({ definition }: NewFunctionVersion) => definition.name
    const added = fresh.filter((each) => !known.has(nameOf(each)))
    const changed = fresh.filter((each) => {
      const before = known.get(nameOf(each))
      return before !== undefined && (before.digest !== each.digest || before.source !== each.source)
    })
    for (const each of [...added, ...changed]) await addFunctionVersion(tx, each)
    const back = fresh.map(nameOf).filter((name) => known.get(name)?.retiredAt != null)
    await setFunctionsRetired(tx, back, null)
    const here = new Set(fresh.map(nameOf))
    const gone =
      faulty.length > 0 ? [] : [...known.values()].filter((row) => !here.has(row.name) && !row.retiredAt)
    const retired = gone.map(({ name }) => name)
    await setFunctionsRetired(tx, retired, app.clock.now())
    return { added: added.map(nameOf), changed: changed.map(nameOf), retired, faulty }
  })
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
