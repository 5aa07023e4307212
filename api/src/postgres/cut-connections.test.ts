import { createConnection, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { connect, type Sql, type Transaction } from './connect.ts'
import { isConnectionLoss } from './errors.ts'

// These hold the driver to what we patched in it (api/patches): without the patch the process crashes, the pool loses
// its connections one by one, and the rest of a cut transaction runs inside somebody else's.

const { sql: admin, target } = await testDatabase()
const pools: Sql[] = []

function pool(max: number): Sql {
  const sql = connect(target, { max, connectTimeoutSeconds: 5 })
  pools.push(sql)
  return sql
}

afterAll(() => Promise.all(pools.map((sql) => sql.end({ timeout: 1 }))))

async function pidOf(sql: Sql | Transaction): Promise<number> {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  return row!.pid
}

async function cut(pid: number): Promise<void> {
  await admin`select pg_terminate_backend(${pid}, 5000)`
}

async function refused(work: Promise<unknown>): Promise<boolean> {
  return work.then(() => false, isConnectionLoss)
}

await admin`create table note (text text not null)`

test('a pool of which every connection was cut inside a transaction is as good as new', async () => {
  const sql = pool(3)
  const oneCut = (round: number) =>
    sql.begin(async (transaction) => {
      const pid = await pidOf(transaction)
      const cutting = cut(pid)
      if (round % 3 === 0) await cutting
      for (let no = 0; no < 20; no++) {
        const query = transaction`select ${no}::int`
        if (round % 2 === 0) await query
        else query.catch(() => {})
        if (round % 3 === 1) await new Promise((resolve) => setImmediate(resolve))
      }
      await cutting
      await transaction`select 1`
    })
  for (let round = 0; round < 30; round++) expect(await refused(oneCut(round))).toBe(true)
  const answers = await Promise.all(Array.from({ length: 12 }, (_, no) => sql`select ${no}::int as no`))
  expect(answers.map(([row]) => row?.no)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
})

test('the rest of a cut transaction never runs inside the next one on the same connection', async () => {
  const sql = pool(1)
  const wasCut = Promise.withResolvers<void>()
  const otherRuns = Promise.withResolvers<void>()
  const late: Promise<boolean>[] = []
  const first = sql.begin(async (transaction) => {
    await transaction`insert into note values ('first, before the cut')`
    await cut(await pidOf(transaction)).catch(() => {})
    wasCut.resolve()
    await otherRuns.promise
    late.push(refused(transaction`insert into note values ('first, after the cut')`.execute()))
    await Promise.all(late)
  })
  const firstRefused = refused(first)
  await wasCut.promise
  await sql.begin(async (transaction) => {
    await transaction`insert into note values ('second, begin')`
    otherRuns.resolve()
    expect(await firstRefused).toBe(true)
    await transaction`insert into note values ('second, end')`
  })
  expect(await Promise.all(late)).toEqual([true])
  const notes = await admin<{ text: string }[]>`select text from note order by text`
  expect(notes.map(({ text }) => text)).toEqual(['second, begin', 'second, end'])
})

test('queries that wait inside a cut transaction are refused and not forgotten', async () => {
  const sql = pool(1)
  const waiting: Promise<boolean>[] = []
  const work = sql.begin(async (transaction) => {
    const pid = await pidOf(transaction)
    waiting.push(refused(transaction`select pg_sleep(20)`.execute()))
    for (let no = 0; no < 5; no++) waiting.push(refused(transaction`select ${no}::int`.execute()))
    await cut(pid)
    await Promise.all(waiting)
  })
  expect(await refused(work)).toBe(true)
  expect(await Promise.all(waiting)).toEqual(Array(6).fill(true))
})

test('the error of a killed session does not stick to the next query', async () => {
  const sql = pool(1)
  const pid = await pidOf(sql)
  const sleeping = refused(sql`select pg_sleep(20)`.execute())
  await cut(pid)
  expect(await sleeping).toBe(true)
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
  expect(await sql`select 2 as two`).toEqual([{ two: 2 }])
})

test('a transaction begun behind a hundred waiting queries has its connection to itself', async () => {
  const sql = pool(1)
  await sql`select 1`
  const before = Array.from({ length: 99 }, (_, no) => sql`select ${no}::int`.execute())
  const begun = sql.begin(async (transaction) => {
    await transaction`insert into note values ('pipeline')`
    throw new Error('given up')
  })
  const after = Array.from({ length: 20 }, (_, no) => sql`select ${no}::int`.execute())
  await expect(begun).rejects.toThrow('given up')
  await Promise.all([...before, ...after])
  expect(await admin`select text from note where text = 'pipeline'`).toEqual([])
})

/** Resets its connections as a failing network does: an error first, then the end. */
async function resettingProxy(folder: string) {
  const sockets = new Set<Socket>()
  const server = createServer((from) => {
    const to = createConnection(join(folder, '.s.PGSQL.5432'))
    from.pipe(to).pipe(from)
    for (const socket of [from, to]) socket.on('error', () => {})
    sockets.add(from)
  })
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  )
  return {
    port,
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    close: () => server.close(),
  }
}

test.skipIf(target.kind === 'url')(
  'a connection that is reset inside a transaction does not break the pool',
  async () => {
    if (target.kind !== 'socket') return
    const proxy = await resettingProxy(target.folder)
    const url = `postgres://${target.user}@127.0.0.1:${proxy.port}/${target.database}`
    const sql = connect({ kind: 'url', url }, { max: 1 })
    pools.push(sql)
    const work = sql.begin(async (transaction) => {
      await pidOf(transaction)
      const sleeping = transaction`select pg_sleep(20)`.execute()
      setImmediate(proxy.reset)
      await sleeping
    })
    expect(await refused(work)).toBe(true)
    for (let no = 0; no < 3; no++) expect(await sql`select ${no}::int as no`).toEqual([{ no }])
    proxy.close()
  },
)

test('a server that hangs up at once is an error, not an endless loop', async () => {
  let calls = 0
  const server = createServer((socket) => {
    calls += 1
    socket.end()
  })
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  )
  const sql = connect({ kind: 'url', url: `postgres://x@127.0.0.1:${port}/x` }, { max: 1 })
  pools.push(sql)
  expect(await refused(sql`select 1`.execute())).toBe(true)
  expect(await refused(sql`select 1`.execute())).toBe(true)
  expect(calls).toBe(2)
  server.close()
})
