import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { checkout } from '../../../base/config.ts'
import { Person } from '../../../testing/command-line.ts'
import { type Installation, startInstallation } from '../../../testing/installation.ts'
import { planImport } from '../import-utask.ts'
import type { Entry, Verdict } from './journal.ts'

/* A µTask folder of our own, with every construct of its language; its secrets begin with S3CRET. */
const folder = join(checkout, 'api/src/testing/utask-folder')
const templates = readdirSync(join(folder, 'templates')).filter((name) => name.endsWith('.yaml'))

interface Report {
  readonly dryRun: boolean
  readonly counts: Record<Verdict, number>
  readonly planned: Record<'files' | 'settings' | 'users' | 'channels', string[]>
  readonly entries: readonly Entry[]
}

const root = mkdtempSync(join(tmpdir(), 'stint-import-'))
const data = join(root, 'data')
// As startInstallation has it.
const environment = { STINT_DATA_DIR: data, STINT_SCRIPTS_DIR: join(root, 'scripts') }
const person = new Person('http://127.0.0.1:1')
const run = (...args: string[]) => person.stint(['import', 'utask', ...args], { env: environment })

function verdictOf(entries: readonly Entry[], key: string): string {
  return entries
    .filter((entry) => entry.key === key)
    .map(({ verdict }) => verdict)
    .join()
}

describe('what an import would do', () => {
  it('is told without writing anything, and without any secret', async () => {
    const { code, stdout, stderr } = await run(folder, '--dry-run')
    expect(code).toBe(3)
    expect(stderr).toMatch(/^\d+ kept, \d+ converted, \d+ ignored, \d+ for you; nothing was written\n$/)
    expect(stdout).toMatch(/^YOUR TURN {2}plugins\/house\.so: /m)
    expect(stdout).not.toContain('S3CRET')
    expect(existsSync(data)).toBe(false)
  })

  it('has an answer for every key', async () => {
    const { journal, settings, users, channels, environment: variables, files } = await planImport(folder)
    const { entries } = journal
    expect(JSON.stringify(entries)).not.toContain('S3CRET')
    const verdicts = Object.fromEntries(
      [
        'application_name',
        'admin_usernames',
        'completed_task_expiration',
        'resource_limits',
        'base_url',
        'dashboard_path_prefix',
        'notify_config.chat',
        'notify_config.pager',
        'colour',
      ].map((key) => [key, verdictOf(entries, `utask-cfg.${key}`)]),
    )
    expect(verdicts).toEqual({
      application_name: 'ignored',
      admin_usernames: 'converted',
      completed_task_expiration: 'converted',
      resource_limits: 'converted',
      base_url: 'converted',
      dashboard_path_prefix: 'person',
      'notify_config.chat': 'converted',
      'notify_config.pager': 'converted',
      colour: 'ignored',
    })
    expect(Object.fromEntries(settings)).toEqual({
      keep_tasks_for: '720h',
      resource_limits: ['socket=20', 'url:api.example=3', 'dead=0'],
      configuration_allow: ['inventory', 'team-name'],
    })
    expect([...users.values()].map(({ name, isAdmin, groups }) => `${name} ${isAdmin} ${groups}`)).toEqual([
      'rita false netops',
      'ada true ',
      'bob false netops',
      'carl true root-ops',
    ])
    expect(channels.map(({ name, kind, configuration }) => [name, kind, configuration.strategies])).toEqual([
      [
        'chat',
        'slack',
        { task_state_update: 'failure_only', task_step_update: 'silent', task_validation: 'silent' },
      ],
      ['hook', 'webhook', { task_step_update: 'silent' }],
      ['pager', 'webhook', { task_step_update: 'silent', task_validation: 'silent' }],
    ])
    expect(channels[1]?.configuration).toMatchObject({ username: 'robot', password: 'S3CRET-hook-password' })
    expect(Object.fromEntries(variables)).toEqual({
      STINT_CAPACITY: '80',
      STINT_PUBLIC_URL: 'https://robots.example',
    })
    expect(files.filter((file) => file.folder === 'templates')).toHaveLength(templates.length)
    // Of the texts nothing is left to a person but what no import can know.
    const left = entries.filter(
      ({ verdict, file }) => verdict === 'person' && /^(?:templates|functions)/.test(file),
    )
    expect(left.map(({ key }) => key)).toEqual(['ssh-key', 'outbound_allow', 'known_hosts'])
  })

  it('is the same for the other forms of a configuration store', async () => {
    const other = join(root, 'other')
    mkdirSync(join(other, 'templates'), { recursive: true })
    writeFileSync(
      join(other, 'config.yaml'),
      `- {key: utask-cfg, value: '{"admin_usernames": ["ada"], "max_concurrent_executions": -1, "completed_task_expiration": "a month"}'}\n- {key: token, value: S3CRET-token}\n- {key: switches, value: "on_call: yes # S3CRET"}\n- {key: word, value: "no"}\n`,
    )
    writeFileSync(
      join(other, 'templates/tell.yaml'),
      'name: tell\ndescription: Tells\ntitle_format: tell\nsteps: {a: {action: {type: notify, configuration: {message: x, backends: [Pager]}}}}\n',
    )
    writeFileSync(
      join(other, 'robots.env'),
      `PATH=/bin\nexport CFG_BASIC_AUTH='{"ada": "S3CRET-pass"}'\nCFG_TOKEN=S3CRET-other\n`,
    )
    const { users, journal, files } = await planImport(other)
    expect([...users.keys()]).toEqual(['ada'])
    expect(files).toMatchObject([
      { folder: 'templates', name: 'tell.yaml' },
      { folder: 'configuration', name: 'token', content: Buffer.from('S3CRET-token'), isSecret: true },
      { name: 'switches', content: Buffer.from('on_call: true # S3CRET') },
      { name: 'word', content: Buffer.from('no') },
    ])
    expect(verdictOf(journal.entries, 'notify_config')).toBe('person')
    expect(verdictOf(journal.entries, 'utask-cfg.max_concurrent_executions')).toBe('ignored')
    expect(verdictOf(journal.entries, 'utask-cfg.completed_task_expiration')).toBe('person')
    expect(JSON.stringify(journal.entries)).not.toContain('S3CRET')
  })

  it('is the same for the environment of a Compose file', async () => {
    const composed = join(root, 'composed')
    mkdirSync(join(composed, 'templates'), { recursive: true })
    const environment = `{CFG_UTASK_CFG: '{"admin_usernames": ["ada"], "completed_task_expiration": "48h"}', CFG_TOKEN: S3CRET$$t}`
    writeFileSync(
      join(composed, 'docker-compose.yaml'),
      `services:\n  db: {image: postgres, environment: [POSTGRES_USER=x]}\n  utask:\n    environment: ${environment}\n`,
    )
    const { users, settings, files } = await planImport(composed)
    expect([...users.keys()]).toEqual(['ada'])
    expect(settings.get('keep_tasks_for')).toBe('48h')
    expect(files.map(({ content }) => content.toString())).toEqual(['S3CRET$t'])
  })

  it('tells of names that stand twice, reads keys in any case and items in folders of their own', async () => {
    const twice = join(root, 'twice')
    for (const name of ['templates', 'config/token']) mkdirSync(join(twice, name), { recursive: true })
    for (const name of ['a', 'b'])
      writeFileSync(
        join(twice, `templates/${name}.yaml`),
        `name: Same\ndescription: from ${name}\ntitle_format: same\nsteps: {}\n`,
      )
    writeFileSync(
      join(twice, 'config/utask-cfg'),
      '{"Admin_Usernames": ["ada"], "base_ulr": "https://x.example"}',
    )
    writeFileSync(join(twice, 'config/token/2024'), 'S3CRET-1')
    writeFileSync(join(twice, 'config/token/2025'), 'S3CRET-2')
    const { journal, users, files } = await planImport(twice)
    expect(journal.entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          file: 'templates/b.yaml',
          verdict: 'person',
          message: expect.stringContaining('templates/a.yaml is called "same", too'),
        }),
        expect.objectContaining({
          key: 'utask-cfg.base_ulr',
          verdict: 'ignored',
          message: expect.stringContaining('did you mean "base_url"?'),
        }),
        expect.objectContaining({ file: 'config/token/2025', key: 'token', verdict: 'ignored' }),
      ]),
    )
    expect([...users.values()].map(({ name, isAdmin }) => `${name} ${isAdmin}`)).toEqual(['ada true'])
    expect(files.find(({ folder }) => folder === 'configuration')).toMatchObject({ name: 'token' })
  })

  it('says which texts cannot be taken, with their place', async () => {
    const broken = join(root, 'broken')
    mkdirSync(join(broken, 'templates'), { recursive: true })
    mkdirSync(join(broken, 'config'))
    writeFileSync(join(broken, 'config/utask-cfg'), 'a: [S3CRET')
    writeFileSync(
      join(broken, 'templates/own.yaml'),
      'name: own\ndescription: Needs a plug-in\ntitle_format: own\nsteps:\n  a: {action: {type: house}}\n',
    )
    const { journal, files } = await planImport(broken)
    expect(journal.entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          file: 'templates/own.yaml',
          line: 5,
          column: 22,
          verdict: 'person',
          message: expect.stringContaining('plug-in'),
        }),
        expect.objectContaining({
          file: 'config/utask-cfg',
          verdict: 'person',
          message: 'This is no object in YAML or JSON.',
        }),
      ]),
    )
    expect(files).toEqual([])
  })
})

describe('after an import', () => {
  let installation: Installation
  let admin: Person
  let report: Report

  beforeAll(async () => {
    for (const name of ['data', 'templates', 'scripts']) mkdirSync(join(root, name), { recursive: true })
    // The server runs meanwhile, and takes up what comes.
    installation = await startInstallation({ root })
    admin = await new Person(installation.url).signIn()
    const { code, stdout } = await run(folder, '-o', 'json')
    expect(code).toBe(3)
    report = JSON.parse(stdout) as Report
    await vi.waitFor(
      async () => expect(JSON.stringify(await admin.json(['template', 'list']))).toContain('"web"'),
      { timeout: 60_000, interval: 500 },
    )
  }, 180_000)
  afterAll(async () => {
    await installation?.end()
    rmSync(root, { recursive: true, force: true })
  })

  it('files lie where the server reads them, secret ones for its owner only', () => {
    expect(report.planned.files).toContain('functions/net/with-otp.yaml')
    expect(readFileSync(join(data, 'stint.env'), 'utf8')).toBe(
      'STINT_CAPACITY=80\nSTINT_PUBLIC_URL=https://robots.example\n',
    )
    const words = readFileSync(join(data, 'templates/old-words.yaml'), 'utf8')
    expect(words).toContain('# Written for YAML 1.1: yes and no are booleans.\nname')
    expect(words).toContain("{enabled: true, quoted: 'yes', mode: 493, many: 1000}")
    expect(statSync(join(data, 'configuration/inventory')).mode & 0o777).toBe(0o600)
    expect(statSync(join(root, 'scripts/facts.sh')).mode & 0o111).not.toBe(0)
    expect(
      report.entries.filter(({ file }) => file === 'users').map(({ key, verdict }) => `${key} ${verdict}`),
    ).toEqual(['rita person', 'bob person', 'carl person'])
  })

  it('every template is there, and so are functions, items and settings', async () => {
    const names = await admin.json<{ name: string }[]>(['template', 'list', '--hidden'])
    expect(names.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['hello-world', 'many', 'loops', 'hidden', 'remote']),
    )
    const functions = await admin.json<{ name: string; usedBy: string[] }[]>(['function', 'list'])
    expect(functions.find(({ name }) => name === 'greet')?.usedBy).toEqual(['functions'])
    const items = await admin.json<{ name: string; allowed: boolean }[]>(['configuration', 'list'])
    expect(items.map(({ name, allowed }) => `${name} ${allowed}`)).toEqual([
      'inventory true',
      'root-password false',
      'team-name true',
      'unused false',
    ])
    const { title } = await admin.json<{ title: string }>(['template', 'dry-run', 'web', 'id=7'])
    expect(title).toBe('Asks ••••••')
  })

  it.each([
    ['hello-world', ['who=ada'], { said: 'hello ada' }],
    ['every-input', ['login=ada', 'site=paris', 'secret=S3CRET-typed'], undefined],
    ['bases', [], { own: 'own', merged: 'ada7', formatted: 'eve/7', 'own-key': { list: '2' } }],
    ['conditions', ['mode=dry'], { said: 'create is PRUNE, update is PRUNE' }],
    ['conditions', ['mode=wet'], { said: 'create is DONE, update is PRUNE' }],
    ['loops', ['hosts=a', 'hosts=bad', 'hosts=c'], { count: '2' }],
    ['schemas', [], undefined],
    ['functions', ['who=ada'], { all: 'hello ada and hello Dr ada; otp-of-vault; LARGE' }],
    ['scripts', [], { who: 'admin', colour: 'blue', marked: 'yes' }],
    ['parent', ['who=bob'], { said: 'hello bob (DONE)' }],
    ['many', ['names=ada', 'names=bob', 'names=eve'], { first: 'ada' }],
    ['anchors', [], undefined],
    ['values', ['list=a', 'list=b'], undefined],
    ['old-words', [], { all: 'true yes 493 1000 UNSURE' }],
  ])('the template %s runs unchanged with %j', async (name, inputs, outcome) => {
    const { code, stdout, stderr } = await admin.stint(['run', name, ...inputs, '--wait=60', '-o', 'json'])
    expect([code, stderr]).toEqual([0, expect.any(String)])
    if (outcome === undefined) return
    const { uuid } = JSON.parse(stdout) as { uuid: string }
    const task = await admin.json<{ outcome: Record<string, unknown> }>(['task', 'show', uuid])
    expect(task.outcome).toMatchObject(outcome)
  })

  it('an old password opens the door once, and is changed there', async () => {
    const ada = new Person(installation.url)
    const login = (stdin: string) => ada.stint(['login', '--name', 'ada', '--password-stdin'], { stdin })
    const old = 'S3CRET-long-password-of-ada'
    expect(await login(old)).toMatchObject({ code: 1, stderr: expect.stringContaining('must be changed') })
    expect(await login(`${old}\nanother long one\n`)).toMatchObject({ code: 0 })
    expect(await login(old)).toMatchObject({ code: 1 })
    expect(await login('another long one')).toMatchObject({ code: 0 })
  })

  it('a second import changes nothing, and leaves what is different unless it is forced', async () => {
    writeFileSync(
      join(data, 'templates/hello.yaml'),
      readFileSync(join(folder, 'templates/hello.yaml'), 'utf8').replace('hello {{', 'hi {{'),
    )
    const again = JSON.parse((await run(folder, '-o', 'json')).stdout) as Report
    expect(
      again.entries.filter(({ message }) => message.includes('--force')).map(({ file }) => file),
    ).toEqual(['templates/hello.yaml'])
    expect(again.entries.filter(({ file, verdict }) => file === 'users' && verdict === 'kept')).toHaveLength(
      4,
    )
    await run(folder, '--force')
    expect(readFileSync(join(data, 'templates/hello.yaml'), 'utf8')).toContain('hello {{')
  })
})
