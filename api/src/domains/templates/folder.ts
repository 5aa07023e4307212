import { join } from 'node:path'
import { limits } from '@stint/schema/limits'
import type { Finding, Template } from '@stint/schema/template-types'
import type { App } from '../../base/app.ts'
import { isMissing, readTextFile, yamlFiles } from '../../base/files.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { type FaultyFile, faultSentence } from '../functions/faulty.ts'
import { digestOf } from './digest.ts'
import type { TemplateCheck, TemplateSource } from './model.ts'
import { addVersion, type KnownTemplate, knownTemplates, lockTemplates, setRetired } from './store.ts'

export interface TemplateFolder {
  readonly path: string
  readonly source: Exclude<TemplateSource, 'saved'>
  /** It may be missing. */
  readonly optional?: boolean
}

/** Tests stand beside the templates that they try (`stint template test`). */
export function isTestFile(name: string): boolean {
  return name.endsWith('.test.yaml')
}

/** What loading the folders has done, by template name. */
export interface LoadedFolders {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly unchanged: readonly string[]
  readonly retired: readonly string[]
  readonly faulty: readonly FaultyFile[]
}

interface ReadTemplateFile {
  readonly path: string
  readonly source: TemplateFolder['source']
  readonly text: string
  readonly definition: Template
}

/**
 * Brings the stored templates in line with the folders, as µTask does at its start: `*.yaml` directly in them, later folders
 * win over earlier ones. A changed file becomes a new version; an unchanged one leaves what people saved meanwhile alone. A template
 * whose file is gone is retired, and comes back with its file. Where anything could not be read nothing is retired: the missing
 * template may be in there. Several processes may do this at once.
 */
export async function loadFolders(
  app: App,
  check: TemplateCheck,
  folders: readonly TemplateFolder[],
): Promise<LoadedFolders> {
  const faulty: FaultyFile[] = []
  const files = new Map<string, ReadTemplateFile>()
  for (const folder of folders) {
    for (const file of await readFolder(folder, check, faulty)) files.set(file.definition.name, file)
  }
  const stored = await inTransaction(app.sql, async (tx) => {
    await lockTemplates(tx)
    const known = new Map((await knownTemplates(tx)).map((template) => [template.name, template]))
    const { added, changed, unchanged } = sortOut(files, known)
    for (const { source, text, definition } of [...added, ...changed]) {
      await addVersion(tx, { source, text, definition, digest: digestOf(text), createdBy: 'folder' })
    }
    const back = unchanged.filter((file) => known.get(file.definition.name)?.retiredAt != null)
    await setRetired(tx, namesOf(back), null)
    const gone = faulty.length > 0 ? [] : goneFiles(files, known)
    await setRetired(tx, gone, app.clock.now())
    return { added: namesOf(added), changed: namesOf(changed), unchanged: namesOf(unchanged), retired: gone }
  })
  return { ...stored, faulty }
}

async function readFolder(
  { path, source, optional = false }: TemplateFolder,
  check: TemplateCheck,
  faulty: FaultyFile[],
): Promise<ReadTemplateFile[]> {
  const fault = (at: string, message: string, findings: readonly Finding[] = []) => {
    faulty.push({ path: at, message, findings })
  }
  let names: string[]
  try {
    names = (await yamlFiles(path, false)).filter((name) => !isTestFile(name))
  } catch (error) {
    if (!(optional && isMissing(error)))
      fault(path, `The templates folder cannot be read: ${(error as Error).message}`)
    return []
  }
  const files: ReadTemplateFile[] = []
  for (const name of names) {
    const file = join(path, name)
    try {
      // A file beyond the limit is not read into memory; the checker refuses one that is just above it.
      const text = await readTextFile(file, limits.templateBytesMax * 2)
      const { template, findings } = await check(text)
      if (template === undefined) fault(file, faultSentence('template', findings), findings)
      else files.push({ path: file, source, text, definition: template })
    } catch (error) {
      fault(file, `The file cannot be read: ${(error as Error).message}`)
    }
  }
  return files
}

function sortOut(files: ReadonlyMap<string, ReadTemplateFile>, known: ReadonlyMap<string, KnownTemplate>) {
  const added: ReadTemplateFile[] = []
  const changed: ReadTemplateFile[] = []
  const unchanged: ReadTemplateFile[] = []
  for (const file of files.values()) {
    const before = known.get(file.definition.name)
    if (before === undefined) added.push(file)
    else if (before.fileDigest === digestOf(file.text)) unchanged.push(file)
    else changed.push(file)
  }
  return { added, changed, unchanged }
}

/** Templates that people saved have no file, so none can be missing. */
function goneFiles(
  files: ReadonlyMap<string, ReadTemplateFile>,
  known: ReadonlyMap<string, KnownTemplate>,
): string[] {
  return [...known.values()]
    .filter(({ name, source, retiredAt }) => source !== 'saved' && retiredAt === null && !files.has(name))
    .map(({ name }) => name)
}

function namesOf(files: readonly ReadTemplateFile[]): string[] {
  return files.map((file) => file.definition.name)
}
