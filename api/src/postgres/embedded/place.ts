import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Binaries, linkLibraries } from './binaries.ts'
import { type Identity, reaches } from './identity.ts'

/** Everything the launcher needs to know about where things are. */
export interface Place {
  readonly identity: Identity
  readonly binaries: Binaries
  /** What `-D` gets. */
  readonly dataFolder: string
  readonly socketFolder: string
  readonly logFile: string
  /** The same for every start on these data, whoever starts. */
  readonly name: string
}

/** A path of a Unix socket has 107 bytes at most; the file name in it takes 18. */
const socketFolderBytesMax = 88

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

function ourUid(identity: Identity): number {
  return identity.kind === 'user' ? identity.uid : (process.getuid?.() ?? 0)
}

function give(path: string, identity: Identity): void {
  if (identity.kind === 'user') chownSync(path, identity.uid, identity.gid)
}

/** The socket folder, mode 0700, outside of the checkout; refuses one that somebody else put there before us. */
export function makeSocketFolder({ socketFolder: path, identity }: Place): void {
  if (!existsSync(path)) {
    mkdirSync(path, { mode: 0o700, recursive: true })
    give(path, identity)
  }
  const found = lstatSync(path)
  const ours = found.isDirectory() && [ourUid(identity), process.getuid?.() ?? 0].includes(found.uid)
  if (!ours)
    throw new Error(`${path} belongs to somebody else; remove it or set TMPDIR to a folder of your own.`)
  chmodSync(path, 0o700)
  give(path, identity)
}

function socketFolderOf(name: string, identity: Identity): string {
  const wanted = join(tmpdir(), name)
  const usable = Buffer.byteLength(wanted) <= socketFolderBytesMax && reaches(identity, tmpdir(), 'x')
  return usable ? wanted : join('/tmp', name)
}

/** Where the account of the server may go although it may not enter the checkout. */
function outside(name: string): string {
  const folder = join('/var/tmp', `${name}-outside`)
  mkdirSync(folder, { recursive: true, mode: 0o711 })
  chmodSync(folder, 0o711)
  return folder
}

/** Hard links where the file system allows them: 59 MB free of cost. Of two starts at once one wins, with the same files. */
function copyTree(from: string, to: string): void {
  const half = `${to}.${process.pid}`
  if (spawnSync('cp', ['-al', from, half]).status !== 0) {
    cpSync(from, half, { recursive: true, force: true, verbatimSymlinks: true })
  }
  try {
    renameSync(half, to)
  } catch (error) {
    rmSync(half, { recursive: true, force: true })
    if (!existsSync(to)) throw error
  }
}

function placeBinaries(server: string, name: string, identity: Identity): Binaries {
  const elsewhere = join('/var/tmp', `${name}-lib`)
  if (reaches(identity, join(server, 'bin/postgres'), 'x')) return linkLibraries(server, elsewhere)
  const copy = join(outside(name), `native-${hashOf(server)}`)
  if (!existsSync(copy)) copyTree(server, copy)
  return linkLibraries(copy, elsewhere)
}

function placeData(dataDir: string, name: string, identity: Identity): string {
  if (identity.kind === 'user') chmodSync(dataDir, 0o711)
  if (reaches(identity, dataDir, identity.kind === 'user' ? 'x' : 'w')) return join(dataDir, 'postgres')
  return join(outside(name), 'postgres')
}

/** Finds (and prepares) the folders for a server on `dataDir`, which must exist and be ours to write. */
export function choosePlace(dataDir: string, server: string, identity: Identity): Place {
  const home = realpathSync(dataDir)
  const name = `stint-${ourUid(identity)}-${hashOf(home)}`
  return {
    identity,
    name,
    binaries: placeBinaries(server, name, identity),
    dataFolder: placeData(home, name, identity),
    socketFolder: socketFolderOf(name, identity),
    logFile: join(home, 'postgres.log'),
  }
}

/** An empty folder of mode 0700 that belongs to the account of the server. */
export function makeServerFolder(path: string, identity: Identity): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  give(path, identity)
}
