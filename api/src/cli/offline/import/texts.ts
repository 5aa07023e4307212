import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { counted } from '@stint/schema/counted'
import { checkTemplate } from '@stint/schema/template'
import { checkFunction } from '@stint/schema/template-function'
import { itemName } from '@stint/schema/template-name'
import type { Finding } from '@stint/schema/template-types'
import { ownItem } from '../../../domains/configuration/model.ts'
import { isTestFile } from '../../../domains/templates/folder.ts'
import { isFolder, type Workbench } from '../workbench.ts'
import { type IgnoredKey, keysInWords, muteUnknownKeys } from './ignored-keys.ts'
import { noteBackends } from './notifications.ts'
import { addUser, type Plan, type PlannedFile } from './plan.ts'
import { noteReach } from './reach.ts'
import { rewriteOldWords, wordsInWords } from './yaml-words.ts'

export interface UtaskFolders {
  readonly root: string
  readonly templates: string | undefined
  readonly functions: string | undefined
  readonly scripts: string | undefined
}

/** Where a µTask folder has its parts; a folder that is only full of templates is one, too. */
export function foldersOf(root: string): UtaskFolders {
  const inside = (name: string) => (isFolder(join(root, name)) ? join(root, name) : undefined)
  const hasTexts = readdirSync(root).some((name) => name.endsWith('.yaml'))
  return {
    root,
    templates: inside('templates') ?? (hasTexts ? root : undefined),
    functions: inside('functions'),
    scripts: inside('scripts'),
  }
}

/** Remembers what it is asked for: which items a text reads. */
class AskedNames extends Set<string> {
  override has(name: string): boolean {
    this.add(name)
    return true
  }
}

/**
 * Functions, scripts and templates, copied as they are: their language is the same, but for words of YAML 1.1. Answers the configuration items that they
 * read, each with the first file that does.
 */
export async function convertTexts(
  plan: Plan,
  folders: UtaskFolders,
  { options, functions, check }: Workbench,
): Promise<Map<string, string>> {
  const wanted = new Map<string, string>()
  const { journal } = plan
  for (const { path, source, text: before, definition, findings } of functions.files) {
    const file = relative(folders.root, path)
    const text = modern(plan, file, before)
    const still = findings.filter(({ code }) => code !== 'yaml-boolean')
    tell(plan, file, still, definition !== undefined)
    wants(wanted, file, text, (asked) => checkFunction(text, { ...options, configItems: asked }))
    if (definition === undefined) continue
    plan.files.push({ folder: 'functions', name: source, content: Buffer.from(text) })
    journal.note(file, 'kept', `The function "${definition.name}".`)
  }
  convertScripts(plan, folders)
  const names = new Map<string, string>()
  if (folders.templates === undefined)
    journal.note('templates', 'person', 'There is no folder with templates.')
  for (const name of folders.templates === undefined ? [] : readdirSync(folders.templates).sort()) {
    const path = join(folders.templates as string, name)
    const file = relative(folders.root, path)
    if (/\.yml$/.test(name))
      journal.note(file, 'ignored', 'µTask reads only files that end in .yaml, and so does Stint.')
    if (
      !name.endsWith('.yaml') ||
      isTestFile(name) ||
      !statSync(path).isFile() ||
      isConfiguration(folders, name)
    )
      continue
    const { text, template, findings } = await modernTemplate(plan, file, readFileSync(path, 'utf8'), check)
    tell(plan, file, findings, template !== undefined)
    wants(wanted, file, text, (asked) => checkTemplate(text, { ...options, configItems: asked }))
    if (template === undefined) continue
    const other = names.get(template.name)
    if (other !== undefined) tellTwice(plan, file, other, template.name)
    names.set(template.name, file)
    plan.files.push({ folder: 'templates', name, content: Buffer.from(text) })
    journal.note(
      file,
      'kept',
      `The template "${template.name}" with ${counted(template.steps.length, 'step')}.`,
    )
    for (const person of template.allowedResolverUsernames) addUser(plan, person, {})
    noteReach(plan, file, template)
    noteBackends(plan, file, template)
  }
  return wanted
}

/** A template that only has its sense as it stands, and µTask would refuse, stays: an input that is named `n`. */
async function modernTemplate(plan: Plan, file: string, before: string, check: Workbench['check']) {
  const { text, words } = rewriteOldWords(before)
  const quiet = await quietTemplate(text, check)
  if (quiet.template === undefined && words.length > 0) {
    const old = await check(before)
    if (old.template !== undefined) return { text: before, ...old }
  }
  modern(plan, file, before)
  if (quiet.keys.length > 0)
    plan.journal.note(file, 'converted', keysInWords(quiet.keys), { line: quiet.keys[0]?.line })
  return quiet
}

const roundsMax = 5

/** Without the keys that µTask ignores, where nothing else is wrong. Findings are cut off at some number, so it may take rounds. */
async function quietTemplate(before: string, check: Workbench['check']) {
  const checked = await check(before)
  const keys: IgnoredKey[] = []
  let text = before
  let last = checked
  for (let round = 0; round < roundsMax && last.template === undefined; round++) {
    const muted = muteUnknownKeys(text, last.findings)
    if (muted.keys.length === 0) break
    text = muted.text
    keys.push(...muted.keys)
    last = await check(text)
  }
  return last.template === undefined ? { text: before, ...checked, keys: [] } : { text, ...last, keys }
}

function modern({ journal }: Plan, file: string, before: string): string {
  const { text, words } = rewriteOldWords(before)
  if (words.length > 0) journal.note(file, 'converted', wordsInWords(words), { line: words[0]?.line })
  return text
}

/** In a folder that holds everything at once, the file of the configuration is no template. */
function isConfiguration({ root, templates }: UtaskFolders, name: string): boolean {
  return templates === root && /^config(?:uration)?\.yaml$/.test(name)
}

function tell(plan: Plan, file: string, findings: readonly Finding[], isTaken: boolean): void {
  for (const { line, column, severity, message, code } of findings) {
    const more = code === 'unknown-action' ? ' A plug-in of µTask must be written anew (see README).' : ''
    const verdict = severity === 'error' ? 'person' : 'kept'
    plan.journal.note(file, verdict, `${message}${more}`, { line, column })
  }
  if (!isTaken)
    plan.journal.note(file, 'person', 'Was not taken over: mend what stands above, and import again.')
}

/** µTask takes the last of them without a word; a person must say which one is meant. */
function tellTwice({ journal }: Plan, file: string, other: string, name: string): void {
  const message = `${other} is called "${name}", too: this one, the last, counts; give one of them another name.`
  journal.note(file, 'person', message)
}

/** The checker asks for each item that a handle names, in whatever form; the plain form also stands in texts that are faulty. */
function wants(
  wanted: Map<string, string>,
  file: string,
  text: string,
  check: (asked: ReadonlySet<string>) => unknown,
): void {
  const asked = new AskedNames()
  check(asked)
  for (const match of text.matchAll(/\.config\.(\w+)/g)) asked.has(itemName(match[1] as string))
  for (const name of asked) if (name !== ownItem && !wanted.has(name)) wanted.set(name, file)
}

function convertScripts(plan: Plan, { root, scripts }: UtaskFolders): void {
  if (scripts === undefined) return
  for (const file of filesBelow(scripts)) {
    const path = join(scripts, file)
    plan.files.push({
      folder: 'scripts',
      name: file,
      content: readFileSync(path),
      isExecutable: isExecutable(path),
    })
    plan.journal.note(
      relative(root, path),
      'kept',
      'A script; it gets only the environment that its step names.',
    )
  }
}

function isExecutable(path: string): boolean {
  return (statSync(path).mode & 0o111) !== 0
}

function filesBelow(folder: string): PlannedFile['name'][] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      if (entry.isDirectory())
        return filesBelow(join(folder, entry.name)).map((name) => join(entry.name, name))
      return entry.isFile() ? [entry.name] : []
    })
    .sort()
}
