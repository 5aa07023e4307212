import { existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { CheckOptions } from '@stint/schema/template'
import { readConfig } from '../../base/config.ts'
import { type ReadFunctions, readFunctionFolders } from '../../domains/functions/folder.ts'
import { checkOptionsOf, templateCheck } from '../../domains/templates/check.ts'
import { isTestFile } from '../../domains/templates/folder.ts'
import type { TemplateCheck } from '../../domains/templates/model.ts'
import type { ActionRegistry } from '../../engine/action.ts'
import { loadPlugins } from '../../plugins/load.ts'
import { actionsAtRest } from '../actions-at-rest.ts'
import { Refusal } from '../refusal.ts'

/** Where functions and scripts lie that texts may name; absent: beside the files, as in a µTask folder. */
export interface Surroundings {
  readonly functions?: readonly string[]
  readonly scripts?: readonly string[]
}

/** Everything that texts are held against when there is no server; plug-ins are those of STINT_PLUGINS_DIRS. */
export interface Workbench {
  readonly registry: ActionRegistry
  readonly options: CheckOptions
  readonly functions: ReadFunctions
  readonly check: TemplateCheck
}

/** `places` are files and folders whose neighbours may be the folders `functions` and `scripts`. */
export async function workbench(places: readonly string[], given: Surroundings): Promise<Workbench> {
  const beside = (name: string) => places.flatMap((place) => neighbours(place, name))
  const scriptFolders = [
    ...new Set([...(given.scripts ?? []), ...beside('scripts')].map((path) => resolve(path))),
  ]
  const registry = actionsAtRest(scriptFolders)
  for (const { actions = [], file } of await loadPlugins(readConfig().pluginsDirs))
    for (const action of actions) registry.add(action, file)
  const options = checkOptionsOf(registry)
  const functionFolders = [...new Set((given.functions ?? beside('functions')).map((path) => resolve(path)))]
  const functions = await readFunctionFolders(
    functionFolders.map((path) => ({ path })),
    options,
  )
  const check = templateCheck(registry, { functions: async () => functions.functions })
  return { registry, options, functions, check }
}

/** In the folder itself, or beside it: `templates/` and `functions/` stand side by side. */
function neighbours(place: string, name: string): string[] {
  const path = resolve(place)
  const folder = isFolder(path) ? path : dirname(path)
  if (basename(folder) === name) return [folder]
  const inside = join(folder, name)
  const aside = join(dirname(folder), name)
  return [inside, aside].filter(isFolder).slice(0, 1)
}

export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

/** The template files that paths stand for: a folder's `*.yaml`, or those of `templates` in it. */
export async function templateFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = []
  for (const path of paths) {
    if (path === '-' || !isFolder(path)) files.push(path)
    else {
      const folder = isFolder(join(path, 'templates')) ? join(path, 'templates') : path
      const names = (await readdir(folder))
        .filter((name) => name.endsWith('.yaml') && !isTestFile(name))
        .sort()
      if (names.length === 0) throw new Refusal(`There are no *.yaml files in ${folder}.`)
      files.push(...names.map((name) => join(folder, name)))
    }
  }
  return files
}
