import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Person } from '../../testing/command-line.ts'
import { type Installation, startInstallation } from '../../testing/installation.ts'

let installation: Installation
let admin: Person

beforeAll(async () => {
  installation = await startInstallation()
  admin = await new Person(installation.url).signIn()
})
afterAll(() => installation.stop())

async function open(label: string): Promise<string> {
  return (
    await admin.stint([
      'report',
      'open',
      '--label',
      label,
      '--title',
      `A ${label}`,
      '--step',
      'one',
      '--step',
      'two',
    ])
  ).stdout.trim()
}

describe('a command that is reported', () => {
  const follow = async () => (await admin.stint(['task', 'follow', 'last'])).stdout

  it('prints and ends as it would alone', async () => {
    const script = 'cat; echo out; echo err >&2; exit 3'
    const ended = await admin.stint(['report', '--label', 'backup', '--', 'sh', '-c', script], {
      stdin: 'in\n',
    })
    expect(ended).toMatchObject({ code: 3, stdout: 'in\nout\n', stderr: expect.stringContaining('err\n') })
    const shown = await follow()
    expect(shown).toMatch(/sh +\| out$/m)
    expect(shown).toMatch(/sh +! err$/m)
    expect(shown).toMatch(/^error after/m)
  })

  it('is a success when it succeeds', async () => {
    expect((await admin.stint(['report', '--', 'true'])).code).toBe(0)
    expect(await follow()).toMatch(/^success after/m)
  })

  it('keeps its bytes, and its text in the report is one that can be shown', async () => {
    const { stdout } = await admin.stint(['report', '--', 'printf', 'a\\000b\\n'])
    expect(stdout).toBe('a\0b\n')
    expect(await follow()).toContain('| a\uFFFDb')
  })

  it('that is not there is an error, here and there', async () => {
    expect((await admin.stint(['report', '--', 'no-such-command'])).code).toBe(127)
    expect(await follow()).toMatch(/no such command/)
  })

  it('runs without a report when there is no server, unless that is forbidden', async () => {
    const env = { STINT_URL: 'http://127.0.0.1:1', STINT_TOKEN: 't' }
    expect(await admin.stint(['report', '--', 'echo', 'worked'], { env })).toMatchObject({
      code: 0,
      stdout: 'worked\n',
    })
    expect(await admin.stint(['report', '--strict', '--', 'echo', 'worked'], { env })).toMatchObject({
      code: 6,
      stdout: '',
    })
  })

  it('may print much', async () => {
    const { stdout } = await admin.stint(['report', '--', 'seq', '1', '20000'])
    expect(stdout.split('\n')).toHaveLength(20_001)
    const lines = (await follow()).match(/\| \d+$/gm)
    expect([lines?.length, lines?.at(-1)]).toEqual([20_000, '| 20000'])
  })
})

describe('a report in pieces', () => {
  it('tells its steps, its log and its end', async () => {
    const id = await open('release')
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    await admin.stint(['report', 'step', id, 'one', 'running'])
    await admin.stint(['report', 'log', id, '--step', 'one'], { stdin: 'a\nb\n' })
    await admin.stint(['report', 'log', id, '--step', 'one', 'c', 'd'])
    await admin.stint(['report', 'step', id, 'one', 'DONE', '--result', '{"n": 1}', '--progress', '0.5'])
    expect((await admin.stint(['report', 'close', id, '--result', 'warning'])).code).toBe(0)
    const { code, stdout } = await admin.stint(['task', 'follow', id])
    expect([code, stdout.match(/\| .*/g)]).toEqual([3, ['| a', '| b', '| c d']])
    expect(await admin.stint(['report', 'log', id, 'late'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not kept here'),
    })
  })

  it('may be told by several at once, each heard once', async () => {
    const id = await open('parallel')
    const lines = Array.from({ length: 8 }, (_, n) => `line ${n}`)
    const codes = await Promise.all(
      lines.map(async (line) => (await admin.stint(['report', 'log', id, '--step', 'one', line])).code),
    )
    await admin.stint(['report', 'close', id, '--result', 'success'])
    const { stdout } = await admin.stint(['task', 'follow', id])
    expect([codes, stdout.match(/line \d/g)?.sort()]).toEqual([lines.map(() => 0), lines])
  })

  it.each([
    [['step', 'x', 'one', 'DONE'], 2],
    [['step', '01a1f844-290c-7086-9eb6-13f32fbe23e8', 'one', 'DONE'], 1],
    [['close', '01a1f844-290c-7086-9eb6-13f32fbe23e8', '--result', 'pending'], 2],
    [['open'], 2],
  ])('%j ends with %i', async (args, code) =>
    expect((await admin.stint(['report', ...args])).code).toBe(code),
  )
})

describe('when the server goes away and comes back', () => {
  it('who follows goes on where he was, and who reports loses nothing', async () => {
    const id = await open('outage')
    await admin.stint(['report', 'log', id, '--step', 'one', 'before'])
    await admin.stint(['report', 'step', id, 'one', 'RUNNING'])
    let shown: () => void = () => {}
    const sawBefore = new Promise<void>((done) => {
      shown = done
    })
    const following = admin.stint(['task', 'follow', id], {
      onOutput: (text) => text.includes('before') && shown(),
    })
    await sawBefore
    const logging = admin.stint(['report', 'log', id, '--step', 'one'], { stdin: 'meanwhile\n' })
    const port = Number(new URL(installation.url).port)
    await installation.end()
    installation = await startInstallation({ root: installation.root, port })
    expect((await logging).code).toBe(0)
    await admin.stint(['report', 'log', id, '--step', 'one', 'after'])
    await admin.stint(['report', 'close', id, '--result', 'success'])
    const { code, stdout, stderr } = await following
    expect([code, stdout.match(/\| .*/g)]).toEqual([0, ['| before', '| meanwhile', '| after']])
    expect(stderr).toContain('trying again')
  })
})
