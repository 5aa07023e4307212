import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { checkout } from '../base/config.ts'
import { alone } from '../postgres/embedded/mutex.ts'
import { Refusal } from './refusal.ts'

export const webDist = join(checkout, 'web/dist')
const mark = join(webDist, '.built')

/** Everything the built page is made of; tests and the result itself are not. */
const sources = ['web', 'schema/src', 'schema/schema.graphql', 'pnpm-lock.yaml']
const notSources = /(^|\/)(node_modules|dist)(\/|$)|\.test\.tsx?$/

function filesUnder(path: string): string[] {
  const full = join(checkout, path)
  const found = statSync(full, { throwIfNoEntry: false })
  if (found === undefined) return []
  if (found.isFile()) return [path]
  const entries = readdirSync(full, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return files.map((file) => file.slice(checkout.length + 1)).filter((file) => !notSources.test(file))
}

function digest(): string {
  const hash = createHash('sha256')
  for (const file of sources.flatMap(filesUnder).sort()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(checkout, file)))
  }
  return hash.digest('hex')
}

function isBuilt(wanted: string): boolean {
  return existsSync(mark) && readFileSync(mark, 'utf8') === wanted
}

function runVite(): Promise<void> {
  const vite = join(checkout, 'web/node_modules/vite/bin/vite.js')
  const args = [vite, 'build', '--logLevel', 'warn']
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: join(checkout, 'web'),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk))
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else
        reject(new Refusal(`The web page could not be built:\n${stripVTControlCharacters(printed).trim()}`))
    })
  })
}

function mayWrite(): boolean {
  try {
    accessSync(existsSync(webDist) ? webDist : join(checkout, 'web'), constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Builds the page when its sources differ from those of the last build; true when it did. Of two starts at once one
 * builds. A checkout that cannot be written, or does not build, serves what was built before.
 */
export async function buildPage(say: (text: string) => void): Promise<boolean> {
  const wanted = digest()
  if (isBuilt(wanted)) return false
  if (!mayWrite()) {
    if (existsSync(join(webDist, 'index.html'))) return false
    throw new Refusal(`${webDist} cannot be written, and no page was built there before.`)
  }
  return alone(`stint-page-${createHash('sha256').update(checkout).digest('hex').slice(0, 12)}`, async () => {
    if (isBuilt(wanted)) return false
    say('building the web page')
    try {
      await runVite()
    } catch (error) {
      if (!existsSync(join(webDist, 'index.html'))) throw error
      say(`${(error as Error).message}\nstint: the page that was built before is served`)
      return false
    }
    writeFileSync(mark, wanted)
    return true
  })
}
