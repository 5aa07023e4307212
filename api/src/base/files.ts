import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Is this the error of a file or folder that does not exist? */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}

/** The `.yaml` files of a folder, as paths within it and in order; with those below it when `deep`. Dot files are none. */
export async function yamlFiles(folder: string, deep: boolean): Promise<string[]> {
  const names: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory() && deep) {
      const below = await yamlFiles(join(folder, entry.name), true)
      names.push(...below.map((name) => join(entry.name, name)))
    } else if (entry.name.endsWith('.yaml') && !entry.isDirectory()) names.push(entry.name)
  }
  return names.sort()
}

/** A text file that is not absurdly long: a longer one is not read into memory. Throws. */
export async function readTextFile(path: string, bytesMax: number): Promise<string> {
  const { size } = await stat(path)
  if (size > bytesMax) throw new Error(`it has ${size} bytes`)
  return readFile(path, 'utf8')
}
