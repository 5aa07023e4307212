import { accessSync, constants, readdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { suggestion } from '@stint/schema/suggestion'

export interface ScriptFile {
  /** The file itself, symbolic links resolved. */
  readonly file: string
  /** The scripts folder it lies in. */
  readonly folder: string
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What lies where the script was looked for. */
function neighboursOf(folder: string, path: string): string[] {
  const place = join(folder, dirname(path))
  if (relative(folder, place).startsWith('..')) return []
  try {
    return readdirSync(place).map((name) => join(dirname(path), name))
  } catch {
    return []
  }
}

/**
 * Finds a script below the configured folders, the first that has it. Returns a sentence instead when the path leads
 * out of its folder, also by a symbolic link, or names nothing that can be executed.
 */
export function findScript(folders: readonly string[], path: string): ScriptFile | string {
  if (path.includes('\0') || isAbsolute(path))
    return `file_path must be relative to the scripts folder: ${path}`
  for (const named of folders) {
    const folder = realPath(named)
    const file = folder && realPath(join(folder, path))
    if (folder === undefined || file === undefined) continue
    if (!file.startsWith(folder + sep)) return `The script ${path} lies outside the scripts folder ${named}.`
    if (!statSync(file).isFile()) return `The script ${path} is no file.`
    if (!isExecutable(file)) return `The script ${path} may not be executed: chmod +x ${join(named, path)}`
    return { file, folder }
  }
  const neighbours = folders.flatMap((folder) => neighboursOf(folder, path))
  return `There is no script ${path} in ${folders.join(' or ')}${suggestion(path, neighbours)}`
}
