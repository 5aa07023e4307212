import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { installationWithAdmin } from '../../testing/command-line.ts'

/* What a task may be given besides its inputs, as somebody types it. */

const { admin } = await installationWithAdmin()

interface Task {
  readonly uuid: string
  readonly state: string
}

const run = (...args: string[]) => admin.stint(['run', ...args])
const started = (...args: string[]) => admin.json<Task>(['run', ...args])
const show = (id: string) => admin.json<object>(['task', 'show', id])

describe('what a task needs', () => {
  it('is locked, linked, and waited for in order', async () => {
    const first = await started('sleep', '--lock', 'host/db1', '--link', 'host/db2')
    const held = await admin.stint(['resource', 'show', 'host/db1'])
    expect(held.stdout).toContain(first.uuid)
    expect(await run('sleep', '--lock', 'host/db1:shared')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('host/db1'),
    })
    const second = await started('sleep', '--lock', 'host/db1:exclusive:reboot', '--on-conflict', 'wait')
    await expect.poll(() => show(second.uuid), { timeout: 20_000 }).toMatchObject({ reason: 'LOCK' })
    const list = await admin.stint(['resource', 'list', '--all'])
    expect(list.stdout).toMatch(/^host\/db2/m)
    for (const { uuid } of [second, first]) await admin.stint(['task', 'cancel', uuid, '--wait', '30'])
  })

  it('is given with the people who have to do with it, and what stands behind an option is no more of it', async () => {
    const { uuid } = await started(
      'greet',
      '--watcher',
      'ann,bob',
      '--watcher-group',
      'ops',
      '--resolver',
      'cy',
      '--resolver-group',
      'leads',
      '--tag',
      'team=blue',
      'name=Ada',
      '--tag',
      'size=2',
      '--priority',
      '-5',
      '--wait',
    )
    expect(await show(uuid)).toMatchObject({
      input: { name: 'Ada' },
      watchers: ['ann', 'bob'],
      resolvers: ['cy'],
      tags: [
        { name: 'size', value: '2' },
        { name: 'team', value: 'blue' },
      ],
      priority: -5,
    })
  })

  it.each([
    [['--lock', 'db1'], 'names no resource: it is written TYPE/NAME'],
    [['--lock', 'host/db1:share'], 'must be exclusive or shared'],
    [['--link', 'db1'], 'names no resource'],
    [['--on-conflict', 'wait'], '--on-conflict says what happens with a --lock'],
    [['--lock', 'host/db1', '--lock-wait', '5m'], '--lock-wait belongs to --on-conflict wait'],
    [['--lock', 'host/db1', '--on-conflict', 'wait', '--lock-wait', 'long'], 'a time such as 30s or 10m'],
    [['--lock', 'host/db1', '--on-conflict', 'hope'], 'Allowed choices are fail, wait, coalesce'],
    [['--priority', '2000'], 'from -1000 to 1000'],
    [['--watcher', 'two words'], '"two words" cannot be the name of a user'],
    [['--input-file', '/none/such.yaml'], 'There is no file /none/such.yaml.'],
    [['--input-file', '/'], '/ is a folder, not a file.'],
  ])('%j is refused: %s', async (args, reason) => {
    expect(await run('sleep', ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) })
  })

  it('a name in a file that the template has not is a slip', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'stint-inputs-')), 'inputs.yaml')
    writeFileSync(file, 'name: Ada\ncuont: 2\n')
    expect(await run('greet', '--input-file', file)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no input "cuont"; did you mean "count"?'),
    })
    rmSync(dirname(file), { recursive: true })
  })

  it('a template that is not there is told with the one that was meant', async () => {
    expect(await run('slep')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did you mean "sleep"?'),
    })
    expect(await run('sleep', '--template-version', '99')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The template "sleep" has no such version.'),
    })
  })
})
