import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Person } from '../testing/command-line.ts'
import {
  adminPassword,
  type Installation,
  startInstallation,
  testTemplates,
} from '../testing/installation.ts'
import { runningMembers } from '../testing/process-group.ts'

let installation: Installation
let admin: Person
let root = ''

beforeAll(async () => {
  installation = await startInstallation()
  root = installation.root
  admin = await new Person(installation.url).signIn()
})
afterAll(() => installation.stop())

interface Task {
  readonly uuid: string
  readonly state: string
  readonly result: string
}

const run = (...args: string[]) => admin.json<Task>(['run', ...args])

describe('signing in', () => {
  it('makes a token that says who one is, and ends it at the logout', async () => {
    const person = await new Person(installation.url).signIn()
    expect(await person.json(['whoami'])).toMatchObject({ name: 'admin', via: 'token' })
    expect((await person.stint(['logout'])).code).toBe(0)
    expect(await person.stint(['whoami'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('stint login'),
    })
  })

  it('with a wrong password says so', async () => {
    const person = new Person(installation.url)
    const { code, stderr } = await person.stint(['login', '--name', 'admin', '--password-stdin'], {
      stdin: 'wrong\n',
    })
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: .*password/i)])
  })

  it('needs somebody to ask, or all it needs', async () => {
    expect(await new Person(installation.url).stint(['login'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--password-stdin'),
    })
  })

  it('with a token that is handed in keeps it only when it is good', async () => {
    const person = new Person(installation.url)
    expect((await person.stint(['login', '--token', 'stint_nonsense'])).code).toBe(1)
    expect((await person.stint(['whoami'])).code).toBe(1)
  })

  it('somewhere where nobody listens ends with 6', async () => {
    const { code, stderr } = await admin.stint(['task', 'list', '--url', 'http://127.0.0.1:1'], {
      env: { STINT_TOKEN: 't' },
    })
    expect([code, stderr]).toEqual([6, expect.stringContaining('http://127.0.0.1:1 cannot be reached')])
  })
})

describe('running a template', () => {
  it('is accepted with 0 and says where to look', async () => {
    const { code, stdout, stderr } = await admin.stint(['run', 'greet', 'name=Ada'])
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^[0-9a-f-]{36} {2}(pending|running|success).* Greeting Ada\n$/),
    ])
    expect(stderr).toContain('stint task follow')
  })

  it('waits for its outcome when asked', async () => {
    const { code, stdout } = await admin.stint(['run', 'greet', 'name=Ada', '--wait'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('success')])
    expect((await admin.stint(['run', 'break', '--wait'])).code).toBe(5)
    expect((await admin.stint(['run', 'sleep', '--wait=1'])).code).toBe(7)
  })

  it('shows what happens when it is followed', async () => {
    const { code, stdout } = await admin.stint(['run', 'greet', 'name=Ada', '--follow'])
    expect(code).toBe(0)
    for (const line of [
      /hello +\| hello Ada$/m,
      /hello +! warning$/m,
      /hello +DONE/m,
      /^success after .*: Greeting Ada$/m,
    ]) {
      expect(stdout).toMatch(line)
    }
    expect(stdout).not.toContain('\u001b')
  })

  it('takes inputs from a file and from the command line, typed', async () => {
    writeFileSync(join(root, 'inputs.yaml'), 'name: File\ncount: 7\ntags: [a, b]\n')
    const task = await run(
      'greet',
      'name=Line',
      'tags=c',
      '--input-file',
      join(root, 'inputs.yaml'),
      '--wait',
    )
    expect(await admin.json(['task', 'show', task.uuid])).toMatchObject({
      input: { name: 'Line', count: 7, tags: ['c'] },
      outcome: { greeted: 'Line' },
    })
  })

  it('gives the same task for the same idempotency key', async () => {
    const first = await run('greet', 'name=Once', '--idempotency-key', 'k1')
    const second = await run('greet', 'name=Once', '--idempotency-key', 'k1')
    expect(second.uuid).toBe(first.uuid)
  })

  it.each([
    [['greet'], 2, /name/],
    [['greet', 'name=Ada', 'count=many'], 2, /count must be a number/],
    [['greet', 'nam=Ada'], 2, /Its inputs: name, count, tags/],
    [['none'], 1, /There is no template "none"/],
    [['greet', 'name=Ada', '--wait', 'count=2'], 2, /--wait=60/],
    [['greet', 'name=Ada', '--frob'], 2, /unknown option/],
  ])('%j ends with %i and says why', async (args, code, reason) => {
    expect(await admin.stint(['run', ...args])).toMatchObject({ code, stderr: expect.stringMatching(reason) })
  })
})

describe('tasks', () => {
  it('are listed, newest first, as far as they fit', async () => {
    const task = await run('break', '--wait')
    const [newest] = await admin.json<Task[]>([
      'task',
      'list',
      '--mine',
      '--state',
      'paused',
      '--template',
      'break',
    ])
    expect(newest).toMatchObject({ uuid: task.uuid, state: 'PAUSED' })
    const { stdout } = await admin.stint(['task', 'list', '--limit', '1', '--state', 'paused'])
    expect(stdout).toMatch(/^ID +STATE +TITLE/)
    expect(stdout).toContain('paused (step failed)')
  })

  it('are found by the end of their id, and their exit code is their outcome', async () => {
    const { uuid } = await run('break', '--wait')
    const { code, stdout } = await admin.stint(['task', 'show', uuid.slice(-8)])
    expect([code, stdout]).toEqual([5, expect.stringContaining('no such disk')])
    expect((await admin.stint(['task', 'show', 'last'])).stdout).toContain(uuid)
    expect(await admin.stint(['task', 'show', 'ffffffffffff'])).toMatchObject({ code: 1 })
    expect(await admin.stint(['task', 'show', 'x y'])).toMatchObject({ code: 2 })
  })

  it('say why they do not run', async () => {
    await run('break', '--wait')
    expect((await admin.stint(['task', 'why', 'last'])).stdout).toMatch(/first|step/)
  })

  it('go on when their failed step is skipped, and end as a warning', async () => {
    const { uuid } = await run('break', '--wait')
    expect(await admin.stint(['task', 'skip', uuid, 'nonsense'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('first, second'),
    })
    expect((await admin.stint(['task', 'retry', uuid, 'first'])).code).toBe(0)
    expect((await admin.stint(['task', 'follow', uuid])).code).toBe(5)
    expect((await admin.stint(['task', 'skip', uuid, 'first', '-m', 'not today'])).code).toBe(0)
    const { code, stdout } = await admin.stint(['task', 'follow', uuid])
    expect([code, stdout]).toEqual([3, expect.stringContaining('not today')])
  })

  it('are cancelled while they wait', async () => {
    const { uuid } = await run('sleep')
    expect(await admin.stint(['task', 'cancel', uuid, '--wait', '30'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('cancelled'),
    })
    expect((await admin.stint(['task', 'show', uuid])).code).toBe(4)
    expect(await admin.stint(['task', 'resume', uuid])).toMatchObject({ code: 1 })
  })

  it('that run a script end it, and all it started, when they are cancelled', async () => {
    const { uuid } = await run('long')
    let started: (group: number) => void = () => {}
    const working = new Promise<number>((done) => {
      started = done
    })
    const onOutput = (text: string) =>
      /started \d+/.test(text) && started(Number(/started (\d+)/.exec(text)?.[1]))
    const following = admin.stint(['task', 'follow', uuid], { onOutput })
    const group = await working
    expect(runningMembers(group).length).toBeGreaterThan(1)
    expect((await admin.stint(['task', 'cancel', uuid, '--wait', '30'])).code).toBe(0)
    expect([(await following).code, runningMembers(group)]).toEqual([4, []])
  })

  it('take comments', async () => {
    const { uuid } = await run('greet', 'name=Ada', '--wait')
    expect((await admin.stint(['task', 'comment', uuid, 'well done'])).code).toBe(0)
    expect((await admin.stint(['task', 'follow', uuid])).stdout).toContain('comment by admin: well done')
  })
})

describe('templates', () => {
  it('are listed and shown with their inputs', async () => {
    expect((await admin.stint(['template', 'list'])).stdout).toMatch(/^greet +1 +Says hello$/m)
    const { stdout } = await admin.stint(['template', 'show', 'greet'])
    expect(stdout).toMatch(/^name +string +yes +Who$/m)
    expect((await admin.stint(['template', 'show', 'greet', '--text'])).stdout).toBe(
      testTemplates['greet.yaml'],
    )
  })

  it('are checked without a server, with line and column', async () => {
    writeFileSync(
      join(root, 'bad.yaml'),
      'name: bad\ndescription: Bad\ntitle_format: x\nfrob: 1\nsteps: {}\n',
    )
    const { code, stdout } = await admin.stint([
      'template',
      'lint',
      join(root, 'bad.yaml'),
      '--url',
      'http://127.0.0.1:1',
    ])
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/bad\.yaml:4:1: error: .*frob.*\[unknown-key\]/),
    ])
    expect((await admin.stint(['template', 'lint', join(root, 'templates/greet.yaml')])).code).toBe(0)
    const { code: onServer } = await admin.stint([
      'template',
      'lint',
      '--server',
      join(root, 'templates/greet.yaml'),
    ])
    expect(onServer).toBe(0)
  })
})

describe('a dry run', () => {
  it('tells steps, hosts and locks, of a template or of a file, and runs nothing', async () => {
    const { code, stdout } = await admin.stint(['template', 'dry-run', 'greet', 'name=Ada'])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Greeting Ada\n\nhello {2}script {2}TODO\n/)])
    expect(stdout).toContain('uses: fork, script:hello.sh')
    expect(stdout).toContain('Runs after hello (DONE).')
    const dry = await admin.json<{ title: string }>([
      'template',
      'dry-run',
      join(root, 'templates/greet.yaml'),
      'name=File',
    ])
    expect(dry.title).toBe('Greeting File')
    expect((await admin.stint(['template', 'dry-run', 'greet', 'frob=1'])).code).toBe(2)
    expect((await admin.stint(['template', 'dry-run', 'greet'])).stderr).toContain(
      'name: A value is required.',
    )
  })
})

describe('configuration and functions', () => {
  it('are listed, without values', async () => {
    expect((await admin.stint(['configuration', 'list'])).code).toBe(0)
    expect(await admin.json(['function', 'list'])).toEqual([])
    expect((await admin.stint(['function', 'show', 'nope'])).code).toBe(1)
  })
})

describe('completion', () => {
  it('knows templates, their inputs and tasks', async () => {
    const complete = async (...words: string[]) =>
      (await admin.stint(['__complete', '--', ...words])).stdout.split('\n')
    expect(await complete('run', 'gr')).toContain('greet')
    expect(await complete('run', 'greet', '')).toEqual(expect.arrayContaining(['name=', 'count=', 'tags=']))
    expect(await complete('task', 'show', '')).toContain('last')
    expect((await admin.stint(['completion', 'bash'])).stdout).toContain('complete -F _stint stint')
  })

  it('is silent when there is no server', async () => {
    expect(
      await admin.stint(['__complete', '--', 'run', ''], { env: { STINT_URL: 'http://127.0.0.1:1' } }),
    ).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})

it('a password is never an argument that others see', async () => {
  const { stdout } = await admin.stint(['login', '--help'])
  expect(stdout).toContain('--password-stdin')
  expect(stdout).not.toMatch(/--password /)
  expect(stdout).not.toContain(adminPassword)
})

it('a name or a word that is nearly right is refused with the one that was meant', async () => {
  const { uuid } = await run('greet', 'name=Ada', '--wait')
  const refusals: [string[], number, string][] = [
    [['run', 'greet', 'nmae=x'], 2, 'no input "nmae"; did you mean "name"?'],
    [['task', 'skip', uuid, 'helo'], 2, 'no step "helo"; did you mean "hello"?'],
    [['action', 'show', 'ecoh'], 1, 'no action "ecoh"; did you mean "echo"?'],
    [['task', 'list', '--state', 'runing'], 2, 'did you mean "running"?'],
    [['template', 'lint', '--format', 'githbu', '.'], 2, 'did you mean "github"?'],
  ]
  for (const [args, code, sentence] of refusals)
    expect(await admin.stint(args)).toMatchObject({ code, stderr: expect.stringContaining(sentence) })
  expect((await admin.stint(['task', 'list', '--state', 'stopped', 'paused'])).code).toBe(0)
})

it('a step shows what it answered, how often it was tried and what it printed', async () => {
  const { uuid } = await run('greet', 'name=Ada', '--wait')
  const { stdout } = await admin.stint(['task', 'show', uuid, 'hello'])
  expect(stdout).toMatch(/^hello {2}DONE {2}Greeting Ada\n/)
  expect(stdout).toMatch(/^Output +\{\n +"greeted": "Ada"\n +\}$/m)
  expect(stdout).toMatch(/\n\nhello Ada\n/)
  expect(await admin.json(['task', 'show', uuid, '0'])).toMatchObject({
    name: 'hello',
    output: { greeted: 'Ada' },
    attempts: [{ tryNo: 1, state: 'DONE' }],
    log: expect.arrayContaining([expect.objectContaining({ text: expect.stringContaining('hello Ada') })]),
  })
  const failed = await run('break', '--wait')
  const shown = await admin.stint(['task', 'show', failed.uuid, 'first'])
  expect([shown.code, shown.stdout]).toEqual([0, expect.stringMatching(/^Error +no such disk \(client\)$/m)])
})

it('long numbers keep their digits up to the terminal', async () => {
  const { uuid } = await run('greet', 'name=x", "id": 12345678901234567890, "y": "', '--wait')
  for (const format of ['table', 'json']) {
    const { stdout } = await admin.stint(['task', 'show', uuid, 'hello', '-o', format])
    expect(stdout).toMatch(/"id": ?12345678901234567890,/)
  }
})
