import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Action } from '../engine/action.ts'
import { complaintsAboutPlugin } from './check.ts'
import { madeAs, type Plugin } from './plugin.ts'
import { resolvePluginImports } from './resolve.ts'

/** A plug-in and where it lies. */
export interface LoadedPlugin extends Plugin {
  readonly name: string
  readonly file: string
}

/** A plug-in that cannot be used; the message names its file and all that is wrong, a line for each. */
export class PluginError extends Error {}

const extension = /\.(?:ts|mts|js|mjs)$/

/** Tests of a plug-in and declarations lie beside it. */
function isPluginFile(name: string): boolean {
  return extension.test(name) && !/\.test\.[a-z]+$|\.d\.m?ts$/.test(name) && !name.startsWith('.')
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(isPluginFile)
      .sort()
      .map((name) => join(folder, name))
  } catch (error) {
    throw new PluginError(`The plug-ins folder ${folder} cannot be read: ${(error as Error).message}`)
  }
}

const nameOf = (file: string) => basename(file).replace(extension, '').toLowerCase().replaceAll(/[_.]/g, '-')

async function exportsOf(file: string): Promise<unknown[]> {
  try {
    return Object.values((await import(pathToFileURL(file).href)) as object)
  } catch (error) {
    // The text says what and where: a syntax that type stripping refuses, an import that is not there.
    throw new PluginError(
      `${file} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    )
  }
}

/** Everything that one file exports, as one plug-in. Throws `PluginError`. */
export async function loadPlugin(file: string): Promise<LoadedPlugin> {
  resolvePluginImports()
  const values = await exportsOf(file)
  const plugins = values.filter((value) => madeAs(value) === 'plugin') as Plugin[]
  const actions = values.filter((value) => madeAs(value) === 'action') as Action<never>[]
  if (plugins.length > 1)
    throw new PluginError(`${file} exports ${plugins.length} plug-ins; one file is one plug-in.`)
  if (plugins.length + actions.length === 0)
    throw new PluginError(`${file} exports nothing that was made with defineAction or definePlugin.`)
  const [plugin = {}] = plugins
  const own = plugin.actions ?? []
  const all = [...own, ...actions.filter((action) => !own.includes(action))]
  const loaded = { ...plugin, actions: all, name: plugin.name ?? nameOf(file), file }
  const { file: _, ...asked } = loaded
  const complaints = complaintsAboutPlugin(loaded.name, asked)
  if (complaints.length === 0) return loaded
  throw new PluginError([`${file} is no good plug-in:`, ...complaints.map((each) => `  ${each}`)].join('\n'))
}

/** The plug-ins of these folders, by folder and name of file. Throws `PluginError` for the first that cannot be used. */
export async function loadPlugins(folders: readonly string[]): Promise<LoadedPlugin[]> {
  const plugins: LoadedPlugin[] = []
  for (const file of folders.flatMap(filesOf)) {
    const plugin = await loadPlugin(file)
    const twin = plugins.find(({ name }) => name === plugin.name)
    if (twin !== undefined)
      throw new PluginError(
        `${file} and ${twin.file} are both the plug-in ${plugin.name}; give one another name.`,
      )
    plugins.push(plugin)
  }
  return plugins
}
