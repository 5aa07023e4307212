import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { scratchFolder } from '../testing/cluster.ts'
import { type Program, startProgram } from '../testing/program.ts'
import { connect, type Sql, type Target } from './connect.ts'
import { linkElsewhere, packagedServer } from './embedded/binaries.ts'
import { asIdentity, reaches } from './embedded/identity.ts'
import { choosePlace } from './embedded/place.ts'
import { serversIn } from './embedded/running.ts'
import { EmbeddedPostgres } from './embedded.ts'

const program = join(import.meta.dirname, '../testing/own-server.ts')
const scratch = scratchFolder()
const isRoot = process.getuid?.() === 0
let count = 0

function newDataDir(): string {
  return join(scratch, `data-${++count}`)
}

interface Started extends Program {
  readonly owned: boolean
  readonly target: Target & { kind: 'socket' }
}

async function start(dataDir: string): Promise<Started> {
  const started = startProgram([program, dataDir])
  return { ...started, ...JSON.parse(await started.line(/^\{/)) }
}

async function end({ child, ended }: Program): Promise<void> {
  child.stdin?.end()
  await ended
}

async function withSql<T>(target: Target, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect(target, { max: 1 })
  return work(sql).finally(() => sql.end({ timeout: 1 }))
}

function write(target: Target, text: string): Promise<unknown> {
  return withSql(target, async (sql) => {
    await sql`create table if not exists note (text text)`
    await sql`insert into note values (${text})`
  })
}

function notes(target: Target): Promise<string[]> {
  return withSql(target, async (sql) =>
    (await sql<{ text: string }[]>`select text from note`).map(({ text }) => text),
  )
}

function leftOf(dataDir: string): number[] {
  return serversIn(join(dataDir, 'postgres'))
}

async function untilNothingIsLeft(dataDir: string): Promise<void> {
  await vi.waitFor(() => expect(leftOf(dataDir)).toEqual([]), { timeout: 10_000, interval: 10 })
}

function killServer(dataDir: string): void {
  for (const pid of leftOf(dataDir)) process.kill(pid, 'SIGKILL')
}

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test('kill -9 of its owner ends the server, and the next start finds what was committed', async () => {
  const dataDir = newDataDir()
  const first = await start(dataDir)
  await write(first.target, 'kept')
  first.child.kill('SIGKILL')
  await untilNothingIsLeft(dataDir)
  const second = await start(dataDir)
  expect(second.owned).toBe(true)
  expect(await notes(second.target)).toEqual(['kept'])
  await end(second)
  expect(leftOf(dataDir)).toEqual([])
})

test('locks that a crash left, with numbers that others have now, do not hinder the next start', async () => {
  const dataDir = newDataDir()
  const first = await start(dataDir)
  await write(first.target, 'kept')
  const lockFiles = [
    join(dataDir, 'postgres/postmaster.pid'),
    join(first.target.folder, '.s.PGSQL.5432.lock'),
  ]
  const contents = lockFiles.map((path) => readFileSync(path, 'utf8'))
  // The owner first: it would start its server again.
  first.child.kill('SIGKILL')
  killServer(dataDir)
  await untilNothingIsLeft(dataDir)
  // As after a reboot: the same number, another process. Ours lives for sure.
  for (const [no, path] of lockFiles.entries()) {
    writeFileSync(path, contents[no]!.replace(/^\d+/, String(process.pid)))
  }
  const second = await start(dataDir)
  expect(await notes(second.target)).toEqual(['kept'])
  await end(second)
})

test('of three first starts at once one owns the server, and when it goes another takes it over', async () => {
  const dataDir = newDataDir()
  const all = await Promise.all([start(dataDir), start(dataDir), start(dataDir)])
  const [owner, ...others] = all.toSorted((a, b) => Number(b.owned) - Number(a.owned))
  expect(all.filter(({ owned }) => owned)).toHaveLength(1)
  await write(others[0]!.target, 'shared')
  owner!.child.kill('SIGKILL')
  await vi.waitFor(async () => expect(await notes(others[1]!.target)).toEqual(['shared']), {
    timeout: 15_000,
  })
  for (const each of others) await end(each)
  await untilNothingIsLeft(dataDir)
})

test('a server that is killed alone is started again, and its clients go on', async () => {
  const server = new EmbeddedPostgres({ dataDir: newDataDir(), durable: false })
  await server.start()
  const sql = connect(server.target, { max: 2 })
  await sql`create table note as select 'kept' as text`
  killServer(join(server.target.kind === 'socket' ? scratch : '', `data-${count}`))
  await vi.waitFor(async () => expect(await sql`select text from note`).toEqual([{ text: 'kept' }]), {
    timeout: 15_000,
  })
  expect(server.owned).toBe(true)
  await sql.end()
  await server.stop()
  expect(leftOf(join(scratch, `data-${count}`))).toEqual([])
})

test('a first start that was interrupted while it made the data folder begins anew', async () => {
  const dataDir = newDataDir()
  mkdirSync(join(dataDir, 'postgres.new/base'), { recursive: true })
  const started = await start(dataDir)
  await write(started.target, 'x')
  await end(started)
})

test('under a folder that only we may enter, the data and the socket are ours alone', async () => {
  const closed = join(scratch, 'closed')
  mkdirSync(closed, { mode: 0o700 })
  chmodSync(closed, 0o700)
  const started = await start(join(closed, 'data'))
  await write(started.target, 'x')
  for (const path of [join(closed, 'data'), join(closed, 'data/postgres'), started.target.folder]) {
    expect(statSync(path).mode & 0o777).toBe(0o700)
    expect(statSync(path).uid).toBe(process.getuid?.())
  }
  await end(started)
})

test.runIf(isRoot)(
  'where namespaces are forbidden, root runs the server as another account, also from a closed folder',
  async () => {
    const identity = { kind: 'user', name: 'nobody', uid: 65_534, gid: 65_534 } as const
    const dataDir = join(scratch, 'closed', 'by-nobody')
    const server = new EmbeddedPostgres({ dataDir, durable: false, identity })
    await server.start()
    const { target } = server
    expect(reaches(identity, dataDir, 'x')).toBe(false)
    expect(asIdentity(identity, 'x', []).uid).toBe(65_534)
    await write(target, 'kept')
    await server.stop()
    const again = new EmbeddedPostgres({ dataDir, durable: false, identity })
    await again.start()
    expect(await notes(again.target)).toEqual(['kept'])
    const outside = join('/var/tmp', `${(target as { folder: string }).folder.split('/').at(-1)}-outside`)
    expect(statSync(join(outside, 'postgres')).uid).toBe(65_534)
    await again.stop()
    rmSync(outside, { recursive: true, force: true })
  },
)

test.runIf(isRoot)(
  'where the account of the server cannot reach the packages it runs a copy of them',
  async () => {
    const identity = { kind: 'user', name: 'nobody', uid: 65_534, gid: 65_534 } as const
    const closed = join(scratch, 'closed')
    mkdirSync(closed, { recursive: true, mode: 0o700 })
    cpSync(packagedServer(), join(closed, 'native'), { recursive: true, verbatimSymlinks: true })
    const dataDir = join(closed, 'by-copy')
    mkdirSync(dataDir)
    const place = choosePlace(dataDir, join(closed, 'native'), identity)
    const outside = join('/var/tmp', `${place.name}-outside`)
    expect(place.binaries.folder.startsWith(`${outside}/`)).toBe(true)
    const { file, args, ...ids } = asIdentity(identity, `${place.binaries.folder}/bin/postgres`, [
      '--version',
    ])
    expect(spawnSync(file, args, { cwd: '/', encoding: 'utf8', ...ids }).stdout).toMatch(/PostgreSQL\) 18/)
    rmSync(outside, { recursive: true, force: true })
  },
)

test('where the packages cannot be written the links of the libraries are made elsewhere', () => {
  const copy = join(scratch, 'read-only/native')
  cpSync(packagedServer(), copy, { recursive: true, verbatimSymlinks: true })
  const linked = linkElsewhere(copy, join(scratch, 'links'))
  const { stdout } = spawnSync(join(copy, 'bin/initdb'), ['--version'], {
    env: linked.environment,
    encoding: 'utf8',
  })
  expect(stdout).toMatch(/PostgreSQL\) 18/)
})

test('a data folder of another version is refused in one sentence', async () => {
  const dataDir = newDataDir()
  mkdirSync(join(dataDir, 'postgres'), { recursive: true })
  writeFileSync(join(dataDir, 'postgres/PG_VERSION'), '17\n')
  const server = new EmbeddedPostgres({ dataDir })
  await expect(server.start()).rejects.toThrow(/was written by PostgreSQL 17, the embedded server is 18\.$/)
})

test('a server that cannot start says what its log says', async () => {
  const dataDir = newDataDir()
  const server = new EmbeddedPostgres({ dataDir, durable: false, settings: { shared_buffers: 'plenty' } })
  await expect(server.start()).rejects.toThrow(/did not start: FATAL:.*shared_buffers/)
  await server.stop()
})
