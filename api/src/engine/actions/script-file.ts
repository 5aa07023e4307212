import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, sep } from 'node:path'

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
  return `There is no script ${path} in ${folders.join(' or ')}.`
}
