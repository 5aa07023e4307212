import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Not in git: what others wrote is installed where it is measured, and nowhere else. */
const folder = join(import.meta.dirname, '../.peers')
const patienceMs = 180_000

function installedVersion(name: string): string | undefined {
  const path = join(folder, 'node_modules', name, 'package.json')
  return existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
    : undefined
}

/**
 * The folder from which a package of exactly this version can be required, installed if need be; no script of it runs.
 * Undefined when it cannot be installed; the reason is printed.
 */
export function installPeer(name: string, version: string): string | undefined {
  if (installedVersion(name) === version) return folder
  mkdirSync(folder, { recursive: true })
  const manifest = { private: true, dependencies: { [name]: version } }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
  console.log(`installing ${name} ${version} into api/bench/.peers`)
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { status, stderr, error } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: patienceMs,
  })
  if (status === 0 && installedVersion(name) === version) return folder
  const [why] = (error?.message ?? stderr).trim().split('\n')
  console.log(`${name} ${version} cannot be installed here (${why}); its columns say "not installed".`)
  return undefined
}
