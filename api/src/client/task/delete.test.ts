import { expect, it } from 'vitest'
import { installationWithAdmin } from '../../testing/command-line.ts'

const { admin } = await installationWithAdmin()

const remove = (...args: string[]) => admin.stint(['task', 'delete', ...args])
const titles = async () =>
  (await admin.json<{ label: string }[]>(['task', 'list'])).map(({ label }) => label).sort()

it('tasks that are over are counted, then deleted with a reason, and others are left alone', async () => {
  await admin.stint(['run', 'health-check', '--wait'])
  await admin.stint(['run', 'health-check', '--wait'])
  await admin.stint(['run', 'break-something', '--wait'])
  expect(await titles()).toEqual(['break-something', 'health-check', 'health-check'])

  expect(await remove()).toMatchObject({ code: 2, stderr: expect.stringContaining('--all') })
  expect(await remove('--all', '--older', 'soon')).toMatchObject({ code: 2 })
  expect(await remove('--older', '1h', '--dry-run')).toMatchObject({ code: 0, stdout: 'No task fits.\n' })
  expect(await remove('--template', 'health-check', '--dry-run')).toMatchObject({
    stdout: '2 tasks that are over; nothing was deleted.\n',
  })
  expect(await remove('--template', 'health-check')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('reason'),
  })
  expect(await remove('--template', 'health-check', '-m', 'tests')).toMatchObject({ code: 2 })
  expect(await titles()).toHaveLength(3)

  expect(await remove('--template', 'health-check', '-m', 'tests', '--yes')).toMatchObject({
    code: 0,
    stdout: 'Deleted 2 tasks, their children counted.\n',
  })
  // Paused is not over.
  expect(await remove('--all', '-m', 'tests', '--yes')).toMatchObject({ stdout: 'No task fits.\n' })
  expect(await titles()).toEqual(['break-something'])
})

it('tasks are deleted by their ids, and of each that stays it is told why', async () => {
  await admin.stint(['run', 'health-check', '--wait'])
  const listed = await admin.json<{ uuid: string; label: string }[]>(['task', 'list'])
  const [over, paused] = ['health-check', 'break-something'].map(
    (wanted) => listed.find(({ label }) => label === wanted)?.uuid ?? '',
  )
  const why = 'Only a task that is over can be deleted.'
  expect(await remove(`${over}`, `${paused}`, '-m', 'tests', '--yes')).toMatchObject({
    code: 1,
    stdout: 'Deleted 1 task, their children counted.\n',
    stderr: expect.stringContaining(`${paused} stays: ${why}`),
  })
  expect(await remove(`${paused}`, '-m', 'tests')).toMatchObject({ code: 1 })
  expect(await titles()).toEqual(['break-something'])
})
