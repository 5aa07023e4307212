import { expect, it } from 'vitest'
import { installationWithAdmin } from '../../testing/command-line.ts'

const { admin } = await installationWithAdmin()

it('a resource that nobody names is told so, with the one that was meant', async () => {
  const show = (name: string) => admin.stint(['resource', 'show', name])
  await admin.stint(['run', 'sleep', '--lock', 'host/db1', '--link', 'host/web1'])
  expect((await show('host/db1')).stdout).toContain('host/db1, held by:')
  expect(await show('host/web1')).toMatchObject({ code: 0 })
  for (const [name, meant] of [
    ['host/bd1', 'host/db1'],
    ['web1', 'host/web1'],
  ] as const)
    expect(await show(name)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`No task names the resource "${name}"; did you mean "${meant}"?`),
    })
  expect(await show('printer/p1')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('stint resource list --all'),
  })
})

it('a server verb that is asked for help starts nothing', async () => {
  const asked = await admin.stint(['serve', '--help'])
  expect([asked.code, asked.stdout]).toEqual([0, expect.stringContaining('only answers requests')])
  expect(await admin.stint(['work', 'now'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('"work" takes no arguments'),
  })
})
