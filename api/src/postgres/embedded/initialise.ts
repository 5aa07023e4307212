import { spawn } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { asIdentity } from './identity.ts'
import { makeServerFolder, type Place } from './place.ts'

export const serverUser = 'stint'
const majorVersion = '18'

const initArgs = [
  ['--username', serverUser],
  ['--auth', 'trust'],
  ['--encoding', 'UTF8'],
  ['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C'],
  ['--no-sync'],
].flat()

function run(place: Place, program: string, args: readonly string[]): Promise<void> {
  const {
    file,
    args: all,
    ...ids
  } = asIdentity(place.identity, join(place.binaries.folder, 'bin', program), args)
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', ...place.binaries.environment }
  return new Promise((resolve, reject) => {
    const child = spawn(file, all, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'], ...ids })
    let printed = ''
    child.stdout.on('data', (chunk) => (printed += chunk))
    child.stderr.on('data', (chunk) => (printed += chunk))
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${program} ended with code ${code}: ${printed.trim().split('\n').at(-1)}`))
    })
  })
}

function checkVersion(dataFolder: string): void {
  const version = readFileSync(join(dataFolder, 'PG_VERSION'), 'utf8').trim()
  if (version === majorVersion) return
  throw new Error(
    `${dataFolder} was written by PostgreSQL ${version}, the embedded server is ${majorVersion}.`,
  )
}

/**
 * Makes the data folder when there is none; true when it did. It appears under its name only when it is complete, so
 * an interrupted first start leaves nothing that the next one stumbles over.
 */
export async function initialise(place: Place, durable: boolean): Promise<boolean> {
  if (existsSync(join(place.dataFolder, 'PG_VERSION'))) {
    checkVersion(place.dataFolder)
    return false
  }
  const half = `${place.dataFolder}.new`
  rmSync(half, { recursive: true, force: true })
  makeServerFolder(half, place.identity)
  await run(place, 'initdb', ['-D', half, ...initArgs])
  if (durable) await run(place, 'initdb', ['-D', half, '--sync-only'])
  renameSync(half, place.dataFolder)
  return true
}
