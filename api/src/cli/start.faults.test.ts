import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { checkout } from '../base/config.ts'
import { serversIn } from '../postgres/embedded/running.ts'
import { scratchFolder } from '../testing/cluster.ts'
import { type Program, startProgram } from '../testing/program.ts'

const scratch = scratchFolder()
const main = join(import.meta.dirname, 'main.ts')
const boot = join(checkout, 'api/boot.mjs')

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

interface Running extends Program {
  readonly origin: string
}

/** Without the page, which is built elsewhere. */
async function start(dataDir: string, args = [main, 'api']): Promise<Running> {
  const program = startProgram(args, { STINT_DATA_DIR: dataDir, PORT: '0' })
  const line = await program.line(/ is ready: /)
  return { ...program, origin: line.slice(line.indexOf('http')) }
}

function isReady(origin: string): Promise<boolean> {
  return fetch(`${origin}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
}

async function untilNothingIsLeft(dataDir: string): Promise<void> {
  const left = () => expect(serversIn(join(dataDir, 'postgres'))).toEqual([])
  await vi.waitFor(left, { timeout: 15_000, interval: 20 })
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s stops everything in order', async (signal) => {
  const dataDir = join(scratch, 'signals')
  const { origin, child, ended, printed } = await start(dataDir)
  expect(await isReady(origin)).toBe(true)
  child.kill(signal)
  expect(await ended).toBe(0)
  expect(printed()).toMatch(/"stopped"/)
  expect(serversIn(join(dataDir, 'postgres'))).toEqual([])
})

test('kill -9 of the program leaves nothing that hinders the next start, which is up in 5 s', async () => {
  const dataDir = join(scratch, 'killed')
  const first = await start(dataDir)
  expect(first.printed()).toMatch(/Password: /)
  first.child.kill('SIGKILL')
  const from = performance.now()
  const second = await start(dataDir)
  expect(await isReady(second.origin)).toBe(true)
  expect(performance.now() - from).toBeLessThan(5_000)
  expect(second.printed()).not.toMatch(/Password: /)
  second.child.kill('SIGTERM')
  expect(await second.ended).toBe(0)
})

test('kill -9 of the door of npm start ends everything behind it', async () => {
  const dataDir = join(scratch, 'boot')
  const { origin, child } = await start(dataDir, [boot, 'start'])
  expect(await isReady(origin)).toBe(true)
  child.kill('SIGKILL')
  await untilNothingIsLeft(dataDir)
  await vi.waitFor(async () => expect(await isReady(origin)).toBe(false), { timeout: 15_000 })
})

test('a database that is killed under a running program comes back, and so does the program', async () => {
  const dataDir = join(scratch, 'database')
  const { origin, child, ended } = await start(dataDir)
  for (const pid of serversIn(join(dataDir, 'postgres'))) process.kill(pid, 'SIGKILL')
  await vi.waitFor(async () => expect(await isReady(origin)).toBe(true), { timeout: 20_000, interval: 100 })
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
})
