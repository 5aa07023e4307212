import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { itemName } from '@stint/schema/template-name'
import { parse } from 'yaml'
import { itemValue } from '../../../domains/configuration/parse.ts'
import { isFolder } from '../workbench.ts'
import type { Journal } from './journal.ts'

/** An item of µTask's configuration store. */
export interface StoredItem {
  /** As itemName spells it. */
  readonly name: string
  readonly text: string
  /** Where it stands, for the report. */
  readonly file: string
}

const folderNames = ['config', 'configuration', 'conf', 'configstore']
const composeFile = /^(?:docker-)?compose[\w.-]*\.ya?ml$/
const fileNames = ['config.yaml', 'config.yml', 'config.json', 'configuration.yaml', 'configuration.json']

/**
 * The items of a µTask folder, from all of its forms: a folder with a file for each (`filetree:`), one file with a list of keys
 * and values (`file:`), variables `CFG_…` in files named `*.env` or in a Compose file (`env:CFG`). The first that has an item wins.
 */
export function readConfigstore(
  root: string,
  given: readonly string[],
  journal: Journal,
): Map<string, StoredItem> {
  const items = new Map<string, StoredItem>()
  const places = given.length > 0 ? given : usualPlaces(root)
  for (const place of places) {
    for (const item of readPlace(root, place, journal)) {
      if (!items.has(item.name)) items.set(item.name, item)
      else
        journal.note(item.file, 'ignored', 'The item stands in another place already, which wins.', {
          key: item.name,
        })
    }
  }
  return items
}

function usualPlaces(root: string): string[] {
  const names = readdirSync(root)
  const environments = names.filter((name) => name === '.env' || name.endsWith('.env')).sort()
  const composed = names.filter((name) => composeFile.test(name)).sort()
  return [...folderNames, ...fileNames, ...environments, ...composed]
    .map((name) => join(root, name))
    .filter((path) => names.includes(basename(path)))
}

function readPlace(root: string, place: string, journal: Journal): StoredItem[] {
  const file = relative(root, place) || basename(place)
  try {
    if (isFolder(place)) return readTree(root, place)
    const text = readFileSync(place, 'utf8')
    if (basename(place).endsWith('.env')) return readEnvironment(text, file)
    return composeFile.test(basename(place)) ? readCompose(text, file) : readList(text, file)
  } catch (error) {
    // What stands in it may be secret, so only the kind of error is told.
    const code = (error as NodeJS.ErrnoException).code ?? 'it is neither YAML nor JSON'
    journal.note(file, 'person', `The configuration cannot be read: ${code}.`)
    return []
  }
}

/** A file is an item; of a folder that is named as an item, each file is one more item of that name. */
function readTree(root: string, folder: string, named?: string): StoredItem[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name)
      if (isFolder(path)) return readTree(root, path, named ?? name)
      if (!statSync(path).isFile()) return []
      return {
        name: itemName(named ?? name.replace(/\.(?:ya?ml|json|txt)$/i, '')),
        text: readFileSync(path, 'utf8'),
        file: relative(root, path),
      }
    })
}

/** `- {key: base_url, value: …}` or an object of keys. */
function readList(text: string, file: string): StoredItem[] {
  const value: unknown = parse(text)
  const pairs: [unknown, unknown][] = Array.isArray(value)
    ? value.map((each) => [each?.key, each?.value])
    : Object.entries(value as object)
  return pairs.flatMap(([key, content]) =>
    typeof key === 'string' ? [{ name: itemName(key), text: textOf(content), file }] : [],
  )
}

/** The environment of its services, as µTask's own quick start has it: a map, or lines `NAME=value`. */
function readCompose(text: string, file: string): StoredItem[] {
  const services: unknown = (parse(text, { merge: true }) as { services?: unknown } | null)?.services
  const lines = Object.values((services ?? {}) as Record<string, { environment?: unknown } | null>).flatMap(
    (service) => {
      const environment = service?.environment ?? []
      if (Array.isArray(environment)) return environment.map(String)
      // `$$` is how Compose writes a dollar.
      return Object.entries(environment).map(([name, value]) => `${name}=${textOf(value)}`)
    },
  )
  return readEnvironment(
    lines.map((line) => line.replaceAll('$$', '$').replaceAll('\n', ' ')).join('\n'),
    file,
  )
}

function readEnvironment(text: string, file: string): StoredItem[] {
  return text.split('\n').flatMap((line) => {
    const [, name, quoted] = /^\s*(?:export\s+)?CFG_(\w+)=(.*)$/.exec(line) ?? []
    if (name === undefined || quoted === undefined) return []
    return [{ name: itemName(name), text: quoted.trim().replace(/^(['"])(.*)\1$/s, '$2'), file }]
  })
}

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content ?? '')
}

/** The item as an object; undefined, and told, when it is none. */
export function objectOfItem(item: StoredItem, journal: Journal): Record<string, unknown> | undefined {
  let value: unknown
  try {
    value = itemValue(item.text, 'structured')
  } catch {
    value = undefined
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  journal.note(item.file, 'person', 'This is no object in YAML or JSON.', { key: item.name })
  return undefined
}
