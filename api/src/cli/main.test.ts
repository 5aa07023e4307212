import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startProgram } from '../testing/program.ts'
import { whyNotListening } from './preflight.ts'

const main = join(import.meta.dirname, 'main.ts')
const dataDir = mkdtempSync(join(tmpdir(), 'stint-main-'))

afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

/** How a start ends that cannot be: its code and everything it printed. */
async function failedStart(environment: Record<string, string>): Promise<[number | string, string]> {
  const program = startProgram([main, 'start'], { STINT_DATA_DIR: dataDir, ...environment })
  return [await program.ended, program.printed()]
}

test('a taken port is one sentence and a failure', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  expect(await failedStart({ PORT: String(port) })).toEqual([
    1,
    `stint: Port ${port} on 127.0.0.1 is taken; stop what runs there or set PORT to another one.\n`,
  ])
  server.close()
})

test('a database that cannot be reached is one sentence without its password, and a failure', async () => {
  const url = 'postgres://stint:hidden@127.0.0.1:9/stint'
  expect(await failedStart({ PORT: '0', DATABASE_URL: url })).toEqual([
    1,
    'stint: The database stint at 127.0.0.1:9 cannot be reached (ECONNREFUSED); check DATABASE_URL.\n',
  ])
})

test('a data directory that cannot be used is one sentence and a failure', async () => {
  expect(await failedStart({ PORT: '0', STINT_DATA_DIR: '/dev/null/stint' })).toEqual([
    1,
    'stint: The data directory /dev/null/stint is no directory; set STINT_DATA_DIR to a folder of your own.\n',
  ])
})

test('every variable that is wrong is told at once', async () => {
  const [code, printed] = await failedStart({ PORT: 'eighty', STINT_LOG_LEVEL: 'loud' })
  expect(code).toBe(1)
  expect(printed).toMatch(/^stint: PORT must be .*\nSTINT_LOG_LEVEL must be .*\n$/)
})

test('an unknown verb names those that there are', async () => {
  const program = startProgram([main, 'fly'])
  expect(await program.ended).toBe(1)
  expect(program.printed()).toMatch(/^stint: unknown verb "fly"; there are: start, /)
})

test.each([
  ['EACCES', /PORT to one above 1023/],
  ['EADDRNOTAVAIL', /no address of this machine/],
])('an address that cannot be listened on (%s) is told with what to do', (code, sentence) => {
  expect(whyNotListening('10.0.0.9', 80, Object.assign(new Error('x'), { code })).message).toMatch(sentence)
})
