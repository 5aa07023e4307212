import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Person } from '../testing/command-line.ts'
import { type Installation, startInstallation } from '../testing/installation.ts'

/* What an administrator types for the upkeep of an installation: maintenance and keys, against a whole one. */

let installation: Installation
let admin: Person

beforeAll(async () => {
  installation = await startInstallation()
  admin = await new Person(installation.url).signIn()
})
afterAll(() => installation.stop())

/** On the machine of the server. */
const there = () => ({ env: { STINT_DATA_DIR: join(installation.root, 'data'), STINT_LOG_LEVEL: 'warn' } })

interface Ring {
  readonly keys: { id: string; isNewest: boolean; tasks: number; mayBeRemoved: boolean }[]
  readonly rotation: { state: string; done: number; total: number } | null
}

test('a maintenance begins, refuses what would change anything, and ends', async () => {
  expect((await admin.stint(['maintenance', 'status'])).stdout).toContain('No maintenance')
  const on = await admin.json(['maintenance', 'on', '--message', 'new disks', '--for', '30'])
  expect(on).toMatchObject({ on: true, message: 'new disks', by: 'admin' })
  const refused = await admin.stint(['run', 'greet', 'name=ann'])
  expect(refused.code).toBe(8)
  expect(refused.stderr).toContain('in maintenance (new disks)')
  expect((await admin.stint(['task', 'list'])).code).toBe(0)
  const other = await new Person(installation.url).signIn()
  expect((await other.stint(['maintenance', 'off'])).stdout).toContain('No maintenance')
  expect((await admin.stint(['run', 'greet', 'name=ann', '--wait', '30'])).code).toBe(0)
})

test('a key is added, wraps everything, and the old one goes', async () => {
  const [old] = (await admin.json<Ring>(['keys', 'list'])).keys
  const nothing = await admin.stint(['keys', 'rotate'])
  expect([nothing.code, nothing.stderr]).toEqual([1, expect.stringContaining('stint keys add')])
  const needed = await admin.stint(['keys', 'remove', old?.id as string], there())
  expect(needed.stderr).toContain('This is the only key')
  expect((await admin.stint(['keys', 'add'], there())).stdout).toContain('Added the key')
  const tooEarly = await admin.stint(['keys', 'remove', old?.id as string], there())
  expect(tooEarly.stderr).toContain(`Something is still wrapped by the key ${old?.id}`)
  // Also while nothing else may change.
  await admin.stint(['maintenance', 'on'])
  // At once: the server waits until it has read its key file.
  expect(await admin.stint(['keys', 'rotate', '--no-wait'])).toMatchObject({ code: 0 })
  await expect
    .poll(async () => (await admin.json<Ring>(['keys', 'list'])).rotation?.state, { timeout: 30_000 })
    .toBe('success')
  await admin.stint(['maintenance', 'off'])
  const { keys, rotation } = await admin.json<Ring>(['keys', 'list'])
  expect(rotation?.done).toBe(rotation?.total)
  expect(keys.find(({ id }) => id === old?.id)).toMatchObject({ tasks: 0, mayBeRemoved: true })
  expect((await admin.stint(['keys', 'remove', old?.id as string], there())).stdout).toContain('Removed')
  expect((await admin.stint(['task', 'list'])).stdout).toContain('Greeting ann')
})

test('a start without a key that is needed is refused by the name of the key', async () => {
  await installation.end()
  const path = join(installation.root, 'data/keys.json')
  const kept = readFileSync(path, 'utf8')
  const [{ id }] = (JSON.parse(kept) as { keys: [{ id: string }] }).keys
  writeFileSync(
    path,
    JSON.stringify({ keys: [{ id: 'other', secret: Buffer.alloc(32).toString('base64') }] }),
  )
  const { code, stderr } = await admin.stint(['work'], there())
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining(`lacks the key ${id}, which this database needs`),
  ])
  writeFileSync(path, kept)
  installation = await startInstallation({ root: installation.root })
})
