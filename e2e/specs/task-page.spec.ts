import { expect } from '@playwright/test'
import { test } from '../kit/fixtures.ts'
import { GatedTask } from '../kit/gates.ts'
import { NavigationCount } from '../kit/navigation.ts'
import { TaskPage } from '../kit/screens/task-page.ts'
import { startTask } from '../kit/tasks.ts'

test('each step turns live, with its log, and nothing is loaded anew', async ({ page, server, admin }) => {
  const gated = await GatedTask.start(server, admin.api, 'turning live')
  const screen = await new TaskPage(page).open(gated.task)
  await screen.expectStep('first', 'Running')
  const loads = await NavigationCount.of(page)
  await screen.expectStep('second', 'To do')
  await expect(page.getByText('waiting at the gate first')).toBeVisible()
  await expect(page).toHaveTitle(/^Running 0 % · Gates turning live/)

  gated.open('first')
  await screen.expectStep('first', 'Done')
  await screen.expectStep('second', 'Running')
  await expect(page.getByText('waiting at the gate second')).toBeVisible()
  await expect(screen.progress).toHaveAttribute('aria-valuenow', '33')

  gated.open('second', 'third')
  for (const name of ['second', 'third']) await screen.expectStep(name, 'Done')
  await screen.expectState('Success')
  await expect(screen.progress).toHaveAttribute('aria-valuenow', '100')
  await loads.expectNone()
})

test('a running task is cancelled from its page, with a reason that stands on the record', async ({
  page,
  server,
  admin,
}) => {
  const { task } = await GatedTask.start(server, admin.api, 'to be cancelled')
  const screen = await new TaskPage(page).open(task)
  await screen.expectStep('first', 'Running')
  await screen.button('Cancel').click()
  await expect(screen.dialog).toContainText('Gates to be cancelled')
  await screen.dialog.getByLabel('Reason').fill('not needed any more')
  await screen.dialog.getByRole('button', { name: 'Cancel task' }).click()
  await expect(screen.dialog).toBeHidden()
  await screen.expectState('Cancelled')
  await screen.expectStep('first', 'Cancelled')
  await expect(screen.button('Cancel')).toBeHidden()
  await screen.tab('Activity').click()
  await expect(page.getByText('not needed any more')).toBeVisible()
})

test('a task is paused and resumed from its page', async ({ page, server, admin }) => {
  const gated = await GatedTask.start(server, admin.api, 'to be paused')
  const screen = await new TaskPage(page).open(gated.task)
  await screen.expectStep('first', 'Running')
  const isAccepted = page.waitForResponse((response) => /pauseTask/.test(response.request().postData() ?? ''))
  await screen.button('Pause').click()
  await isAccepted
  gated.open('first', 'second', 'third')
  await screen.expectState('Paused')
  await screen.button('Resume').click()
  await screen.expectState('Success')
})

test('a task that waits for approval is approved with what its template asks', async ({ page, admin }) => {
  const input = { login: 'ada', system: 'billing', reason: 'a look at the bills' }
  const screen = await new TaskPage(page).open(await startTask(admin.api, 'access-request', input))
  await screen.expectState('Pending')
  await screen.button('Approve').click()
  await screen.dialog.getByLabel('level').selectOption('write')
  await screen.dialog.getByLabel('seconds').fill('1')
  await screen.dialog.getByRole('button', { name: 'Approve' }).click()
  await screen.expectState('Success')
  await screen.step('grant').click()
  await expect(page.getByText('ada may write billing')).toBeVisible()
})
