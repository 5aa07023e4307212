import { expect } from '@playwright/test'
import { test } from '../kit/fixtures.ts'
import { GatedTask } from '../kit/gates.ts'
import { TaskPage } from '../kit/screens/task-page.ts'
import { allowDangerousActions } from '../kit/settings.ts'
import { readTask, startTask, untilTask } from '../kit/tasks.ts'

const isPaused = ({ state }: { state: string }) => state === 'PAUSED'

test('an unlock says what it does, asks for a reason and a word, and stands on the audit record', async ({
  page,
  admin,
}) => {
  await allowDangerousActions(admin.api)
  const task = await startTask(admin.api, 'break-something')
  await untilTask(admin.api, task.id, isPaused)
  const screen = await new TaskPage(page).open(task)
  await screen.choose('Unlock')
  await expect(screen.dialog.getByRole('list', { name: 'What would happen now' })).toBeVisible()
  const unlock = screen.dialog.getByRole('button', { name: 'Unlock task' })
  await unlock.click()
  await expect(screen.dialog.getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true')
  await screen.dialog.getByLabel('Reason').fill('the host is gone')
  await screen.dialog.getByLabel('Type “unlock”').fill('unlok')
  await unlock.click()
  await expect(screen.dialog.getByText('Type “unlock”.')).toBeVisible()
  await screen.dialog.getByLabel('Type “unlock”').fill('unlock')
  await unlock.click()
  await expect(screen.dialog).toBeHidden()
  await screen.expectState('Error')
  expect(await readTask(admin.api, task.id)).toMatchObject({ state: 'STOPPED', reason: 'UNLOCKED' })
  await page.goto('/audit')
  await expect(page.getByText('the host is gone').first()).toBeVisible()
})

test('what is not possible now says why', async ({ page, server, admin }) => {
  await allowDangerousActions(admin.api)
  const { task } = await GatedTask.start(server, admin.api, 'not to be unlocked')
  const screen = await new TaskPage(page).open(task)
  await screen.expectStep('first', 'Running')
  await screen.button('More actions').click()
  await expect(page.getByRole('menuitem', { name: /^Unlock/ })).toBeDisabled()
  await expect(page.getByRole('menuitem', { name: /^Unlock/ })).toContainText('Only a paused task')
})

test('the state of a step is set, with its followers, and the task goes on from there', async ({
  page,
  admin,
}) => {
  const task = await startTask(admin.api, 'break-something')
  await untilTask(admin.api, task.id, isPaused)
  const screen = await new TaskPage(page).open(task, '?tab=steps&step=0')
  await screen.expectStep('steady', 'Done')
  await page
    .getByRole('region', { name: 'Step prepare' })
    .getByRole('button', { name: /^More actions/ })
    .click()
  await page.getByRole('menuitem', { name: 'Set state' }).click()
  await screen.dialog.getByLabel('New state').selectOption('PRUNE')
  await expect(screen.dialog.getByText(/^steady .* is left out/)).toBeVisible()
  await screen.dialog.getByLabel('New state').selectOption('TODO')
  await expect(screen.dialog.getByText('steady (done) begins again', { exact: true })).toBeVisible()
  await screen.dialog.getByRole('button', { name: 'Set state' }).click()
  await expect(screen.dialog).toBeHidden()
  await screen.expectStep('prepare', 'To do')
  await screen.expectStep('steady', 'To do')
})

test('the request of a paused task is edited, and what comes runs with the new values', async ({
  page,
  admin,
}) => {
  const task = await startTask(admin.api, 'break-something')
  await untilTask(admin.api, task.id, isPaused)
  const screen = await new TaskPage(page).open(task)
  await screen.choose('Edit the request')
  await screen.dialog.getByLabel('what').selectOption({ label: 'the database' })
  await screen.dialog.getByRole('button', { name: 'Save' }).click()
  await expect(screen.dialog).toBeHidden()
  await screen.tab('Inputs and result').click()
  await expect(page.getByText('the database').first()).toBeVisible()
})

test('watchers are named, and see the task from then on', async ({ page, admin, personAs, pageOf }) => {
  const viewer = await personAs('resolver')
  const task = await startTask(admin.api, 'break-something')
  await untilTask(admin.api, task.id, isPaused)
  const screen = await new TaskPage(page).open(task)
  await screen.choose('Watchers and resolvers')
  const watchers = screen.dialog.getByRole('group', { name: 'Watchers', exact: true })
  await watchers.getByRole('button', { name: 'Add' }).click()
  await watchers.getByRole('textbox').fill(viewer.name)
  await screen.dialog.getByRole('button', { name: 'Save' }).click()
  await expect(screen.dialog).toBeHidden()
  const other = await new TaskPage(await pageOf(viewer)).open(task)
  await other.expectState('Paused')
})

test('a task is paused without its sub-tasks from the menu beside Pause, by keyboard', async ({
  page,
  admin,
}) => {
  const family = await startTask(admin.api, 'family', { hosts: ['one'] })
  const screen = await new TaskPage(page).open(family, '?tab=children')
  const child = page.getByRole('grid', { name: 'Sub-tasks' }).getByRole('row').filter({ hasText: 'Move one' })
  await screen.button('Other ways to pause').press('Enter')
  const alone = page.getByRole('menuitem', { name: /^Pause only this task/ })
  await expect(alone).toContainText('Its 1 unfinished sub-task goes on.')
  await alone.press('Enter')
  await screen.expectState('Paused')
  await expect(child).toContainText('Waiting')
  await screen.button('More actions').click()
  await expect(alone).toBeDisabled()
})
