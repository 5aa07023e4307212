import { describe, expect, it } from 'vitest'
import { installationWithAdmin, Person } from '../../testing/command-line.ts'
import { adminPassword } from '../../testing/installation.ts'

const { installation, admin } = await installationWithAdmin()

interface Setting {
  readonly name: string
  readonly value: unknown
  readonly updatedBy: string | null
}

const setting = (...args: string[]) => admin.stint(['setting', ...args])
const standing = async (name: string) => (await admin.json<Setting>(['setting', 'show', name])).value

describe('settings', () => {
  it('are listed with type, value, default and what they do', async () => {
    const { stdout } = await setting('list')
    expect(stdout).toMatch(/^SETTING +TYPE +VALUE +DEFAULT +DESCRIPTION$/m)
    expect(stdout).toMatch(/^max_running_actions +integer +200 +the same +Actions that one executor/m)
    expect((await setting('list', '--changed')).stderr).toContain('Every setting is at its default.')
    expect((await setting('show', 'basic_auth')).stdout).toMatch(/It may be +one of off, loopback, on/)
  })

  it('are changed, by each type, and go back to their defaults', async () => {
    expect(await setting('set', 'max_running_actions', '50')).toMatchObject({
      code: 0,
      stdout: 'max_running_actions: 200 → 50\n',
    })
    expect(await setting('set', 'allow_dangerous_actions', 'on')).toMatchObject({ code: 0 })
    expect(await setting('set', 'basic_auth', 'on')).toMatchObject({ code: 0 })
    expect(await setting('set', 'keep_tasks_for', '30d')).toMatchObject({ code: 0 })
    const changed = await admin.json<Setting[]>(['setting', 'list', '--changed'])
    expect(changed).toMatchObject([
      { name: 'allow_dangerous_actions', value: true, updatedBy: 'admin' },
      { name: 'basic_auth', value: 'on' },
      { name: 'keep_tasks_for', value: '30d' },
      { name: 'max_running_actions', value: 50 },
    ])
    expect(await setting('reset', ...changed.map(({ name }) => name))).toMatchObject({ code: 0 })
    expect(await admin.json(['setting', 'list', '--changed'])).toEqual([])
  })

  it('that are lists are replaced, added to and taken from', async () => {
    await setting('set', 'resource_limits', 'socket=20', 'template:backup=2')
    await setting('set', '--add', 'resource_limits', 'socket=20', 'fork=4')
    expect(await standing('resource_limits')).toEqual(['socket=20', 'template:backup=2', 'fork=4'])
    await setting('set', 'resource_limits', '--remove', 'template:backup=2')
    expect(await standing('resource_limits')).toEqual(['socket=20', 'fork=4'])
    expect(await setting('set', 'resource_limits', '--remove', 'none=1')).toMatchObject({ code: 2 })
    await setting('reset', 'resource_limits')
    expect(await standing('resource_limits')).toEqual([])
  })

  it.each([
    [['show', 'max_running_action'], 'did you mean "max_running_actions"?'],
    [['set', 'max_running_actions', 'many'], 'a whole number from 1 to 10000, not "many"'],
    [['set', 'max_running_actions', '0'], 'must be a whole number from 1 to 10000'],
    [['set', 'basic_auth', 'sometimes'], 'must be one of off, loopback, on'],
    [['set', 'keep_tasks_for', '30'], 'must be a duration such as 720h or 30d, or forever'],
    [['set', 'allow_dangerous_actions', 'maybe'], 'true or false'],
    [['set', 'allow_dangerous_actions', '--add', 'true'], 'is no list'],
    [['set', 'resource_limits', 'socket'], 'is not a label with a number'],
    [['reset', 'basic_auth', 'nonsense'], 'There is no setting "nonsense"'],
  ])('%j ends with 2 and says why', async (args, reason) => {
    expect(await setting(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) })
  })

  it('are for those who may', async () => {
    const input = '{name: "reads", permissions: [SETTING_VIEW], expiresInDays: 1}'
    const authorization = `Basic ${Buffer.from(`admin:${adminPassword}`).toString('base64')}`
    const made = await fetch(`${installation.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ query: `mutation { createApiToken(input: ${input}) { secret } }` }),
    })
    const { data } = (await made.json()) as { data: { createApiToken: { secret: string } } }
    const env = { STINT_TOKEN: data.createApiToken.secret }
    const reader = new Person(installation.url)
    expect((await reader.stint(['setting', 'list'], { env })).code).toBe(0)
    const refused = await reader.stint(['setting', 'set', 'basic_auth', 'on'], { env })
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('setting.manage') })
  })
})
