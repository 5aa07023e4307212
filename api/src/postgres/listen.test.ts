import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { announce } from './announce.ts'
import { channels, Listener } from './listen.ts'

const { sql, target, app } = await testDatabase()
const listeners: Listener[] = []

async function listening(): Promise<Listener> {
  const listener = new Listener({ target, log: app.log })
  listeners.push(listener)
  await listener.start()
  return listener
}

function next(listener: Listener, channel: (typeof channels)[keyof typeof channels]): Promise<string> {
  return new Promise((resolve) => {
    const end = listener.on(channel, (payload) => {
      end()
      resolve(payload)
    })
  })
}

function cutListeners(): Promise<unknown> {
  return sql`
    select pg_terminate_backend(pid)
    from pg_stat_activity
    where application_name = 'stint-listen' and datname = current_database()`
}

afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.stop()
})

test('a notification reaches the handler of its channel at the commit, and only then', async () => {
  const listener = await listening()
  const payloads: string[] = []
  listener.on(channels.tasks, (payload) => payloads.push(payload))
  const other = next(listener, channels.signals)
  await sql.begin(async (transaction) => {
    await announce(transaction, channels.tasks, ['one', 'two'])
    await announce(sql, channels.signals, ['outside'])
    expect(await other).toBe('outside')
    expect(payloads).toEqual([])
  })
  await announce(sql, channels.tasks, ['three'])
  await vi.waitFor(() => expect(payloads).toEqual(['one', 'two', 'three']), 20_000)
})

test('a cut connection is made again and said, and notifications go on', async () => {
  const listener = await listening()
  const again = new Promise<void>((resolve) => listener.onReconnect(resolve))
  await cutListeners()
  await again
  expect(listener.connected).toBe(true)
  const payload = next(listener, channels.timers)
  await announce(sql, channels.timers, ['after'])
  expect(await payload).toBe('after')
})

test('a failing handler costs neither the connection nor the other handlers', async () => {
  const listener = await listening()
  listener.on(channels.tasks, () => {
    throw new Error('broken')
  })
  const payload = next(listener, channels.tasks)
  await announce(sql, channels.tasks, ['x'])
  expect(await payload).toBe('x')
  expect(listener.connected).toBe(true)
})

/** Stands between the listener and the server and can fall silent: what a dropped network looks like from here. */
async function silentProxy(socketFolder: string) {
  const folder = mkdtempSync(join(tmpdir(), 'stint-proxy-'))
  const state = { silent: false }
  const server = createServer((from) => {
    const to = createConnection(join(socketFolder, '.s.PGSQL.5432'))
    from.on('data', (data) => state.silent || to.write(data))
    to.on('data', (data) => state.silent || from.write(data))
    for (const socket of [from, to]) socket.on('error', () => {})
    from.on('close', () => to.destroy())
  })
  await new Promise<void>((resolve) => server.listen(join(folder, '.s.PGSQL.5432'), resolve))
  const close = () => {
    server.close()
    rmSync(folder, { recursive: true })
  }
  return { folder, state, close }
}

test.skipIf(target.kind === 'url')(
  'a connection that hangs without an answer is given up and made again',
  async () => {
    if (target.kind !== 'socket') return
    const proxy = await silentProxy(target.folder)
    const listener = new Listener({ target: { ...target, folder: proxy.folder }, log: app.log, pingMs: 60 })
    listeners.push(listener)
    await listener.start()
    const again = new Promise<void>((resolve) => listener.onReconnect(resolve))
    proxy.state.silent = true
    await vi.waitFor(() => expect(listener.connected).toBe(false), 20_000)
    proxy.state.silent = false
    await again
    expect(listener.connected).toBe(true)
    proxy.close()
  },
)

test('a stopped listener leaves no connection behind and can be started again', async () => {
  const listener = await listening()
  await listener.stop()
  const count = () => sql<{ count: number }[]>`
    select count(*)
    from pg_stat_activity
    where application_name = 'stint-listen' and datname = current_database()`
  await expect.poll(async () => (await count())[0]?.count).toBe(0)
  await listener.start()
  expect(listener.connected).toBe(true)
})
