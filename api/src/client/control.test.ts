import { describe, expect, it } from 'vitest'
import { installationWithAdmin } from '../testing/command-line.ts'
import { adminPassword } from '../testing/installation.ts'

/* The commands that change more than whether a task runs, as an administrator types them. */

const { installation, admin } = await installationWithAdmin()

interface Task {
  readonly uuid: string
  readonly title: string
  readonly state: string
  readonly result: string
  readonly reason: string | null
}

const command = (...args: string[]) => admin.json<Task>(['task', ...args])

async function graphql(query: string) {
  const authorization = `Basic ${Buffer.from(`admin:${adminPassword}`).toString('base64')}`
  const response = await fetch(`${installation.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query }),
  })
  return (await response.json()) as { data?: Record<string, unknown>; errors?: unknown[] }
}

const paused = () => admin.json<Task>(['run', 'break', '--wait=60'])
const stands = async (id: string, state: string) =>
  expect.poll(async () => (await command('show', id)).state, { timeout: 20_000 }).toBe(state)

describe('dangerous commands', () => {
  it('are refused until the setting allows them, and then need a reason and a yes', async () => {
    const { uuid } = await paused()
    const unlock = (...args: string[]) => admin.stint(['task', 'unlock', uuid, ...args])
    expect(await unlock()).toMatchObject({ code: 2, stderr: expect.stringContaining('reason') })
    expect(await unlock('-m', 'gone')).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
    expect(await unlock('-m', 'gone', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('allow_dangerous_actions'),
    })
    const set = 'mutation { updateSetting(input: {name: "allow_dangerous_actions", value: true}) { name } }'
    expect((await graphql(set)).errors).toBeUndefined()
    expect((await unlock('-m', 'gone', '--yes')).code).toBe(0)
    expect(await command('show', uuid)).toMatchObject({ state: 'STOPPED', reason: 'UNLOCKED' })
    const audit = await graphql('{ auditEntries(first: 5) { edges { node { action subjectId reason } } } }')
    expect(JSON.stringify(audit.data)).toContain('task.unlock')
    await command('resume', uuid)
    await stands(uuid, 'PAUSED')
    expect(await command('force-cancel', uuid, '-m', 'enough', '--yes')).toMatchObject({
      result: 'CANCELLED',
    })
  })
})

describe('a paused task', () => {
  it('goes on when its failed step is set to done', async () => {
    const { uuid } = await paused()
    expect(await command('set-step', uuid, 'first', 'DONE')).toMatchObject({ state: 'PAUSED' })
    expect(await admin.stint(['task', 'set-step', uuid, 'first', 'NONSENSE'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('A step can be set to'),
    })
    expect(await command('resume', uuid, '--wait', '30')).toMatchObject({ result: 'SUCCESS' })
  })

  it('starts over: paused as itself, cancelled as a new one', async () => {
    const { uuid } = await paused()
    expect((await command('start-over', uuid, '--wait', '30')).uuid).toBe(uuid)
    await stands(uuid, 'PAUSED')
    await command('cancel', uuid, '--wait', '30')
    const again = await command('start-over', uuid)
    expect(again.uuid).not.toBe(uuid)
    expect(await command('show', again.uuid)).toMatchObject({ tags: [{ name: 'startedOver', value: uuid }] })
  })
})

describe('a review', () => {
  it('answers for every interrupted item at once, or says what is to be said', async () => {
    const text = [
      'name: many',
      'description: Sleeps in a loop',
      'title_format: Many',
      'auto_runnable: true',
      'steps:',
      "  each: { foreach: '[1, 2, 3]', action: { type: script, configuration: { file_path: long.sh, timeout: 10m } } }",
    ].join('\n')
    const saved = await graphql(
      `mutation { saveTemplate(input: {text: ${JSON.stringify(text)}}) { __typename ... on TemplateProblem { findings { message } } } }`,
    )
    expect(saved.data?.saveTemplate).toEqual({ __typename: 'SavedTemplate' })
    await graphql(
      'mutation { updateSetting(input: {name: "allow_dangerous_actions", value: true}) { name } }',
    )
    const { uuid } = await admin.json<Task>(['run', 'many'])
    const running = async () => {
      const { steps } = await admin.json<{ steps: { state: string }[] }>(['task', 'show', uuid])
      return steps.filter(({ state }) => state === 'RUNNING').length
    }
    await expect.poll(running, { timeout: 20_000 }).toBe(3)
    await command('force-unlock', uuid, '-m', 'the machine is gone', '--yes')
    await command('resume', uuid)
    await stands(uuid, 'PAUSED')
    const review = (...args: string[]) => admin.stint(['task', 'review', uuid, ...args])
    const why = await admin.stint(['task', 'why', uuid])
    expect(why.stdout).toContain('step each-0 and 2 more')
    expect(why.stderr).toContain('stint task review')
    expect((await admin.stint(['attention', '--kind', 'review'])).stdout).toContain('and 2 more')
    for (const [args, reason] of [
      [['--all'], '--run-again, --mark-done, --skip, --fail'],
      [['--all', '--skip', '--fail'], 'skip and fail contradict each other'],
      [['--skip'], '3 steps wait for a review: each-0, each-1, each-2.'],
      [['each-0', '--all', '--skip'], 'not both'],
      [['--all', '--skip', '--result', '1'], '--result belongs to --mark-done'],
    ] as const)
      expect(await review(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) })
    expect((await review('each-1', '--mark-done', '--result', '{"by": "hand"}')).code).toBe(0)
    expect((await review('--all', '--skip', '-m', 'not needed')).code).toBe(0)
    await expect.poll(async () => (await command('show', uuid)).result, { timeout: 20_000 }).toBe('WARNING')
    expect(await review('--all', '--skip')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not wait for a review'),
    })
  })
})

describe('a task that has not begun', () => {
  it('takes another request, and other people', async () => {
    const args = ['run', 'greet', 'name=Ann', '--start-at', '1h']
    const { uuid } = await admin.json<Task>(args)
    expect(await command('edit', uuid, 'name=Bob', '--tag', 'team=x')).toMatchObject({
      title: 'Greeting Bob',
    })
    expect(await command('show', uuid)).toMatchObject({
      input: { name: 'Bob', count: 1 },
      tags: [{ name: 'team', value: 'x' }],
    })
    expect(await admin.stint(['task', 'edit', uuid, 'count:="many"'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('count'),
    })
    await command('people', uuid, '--watchers', 'cy,dee', '--watcher-groups', 'ops')
    expect(await command('show', uuid)).toMatchObject({ watchers: ['cy', 'dee'] })
    await command('cancel', uuid)
  })
})

describe('executors', () => {
  it('are listed with how the engine is, drained and let go on', async () => {
    interface Listed {
      readonly executors: readonly { id: string; state: string; capacity: number }[]
      readonly engine: { waiting: number }
    }
    const { executors, engine } = await admin.json<Listed>(['executor', 'list', '--alive'])
    expect(executors).toMatchObject([{ state: 'ALIVE', role: 'both' }])
    expect(engine.waiting).toBe(0)
    const end = executors[0]?.id.slice(-8) as string
    expect(await admin.json(['executor', 'drain', end])).toMatchObject({ state: 'DRAINING' })
    expect(await admin.json(['executor', 'drain', end, '--undo'])).toMatchObject({ state: 'ALIVE' })
    expect((await admin.stint(['executor', 'show', end])).stdout).toContain('actions running')
    expect(await admin.stint(['executor', 'show', 'ffffffff'])).toMatchObject({ code: 1 })
  })
})
