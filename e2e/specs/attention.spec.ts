import { randomUUID } from 'node:crypto'
import { expect } from '@playwright/test'
import { test } from '../kit/fixtures.ts'
import { NavigationCount } from '../kit/navigation.ts'
import { TaskPage } from '../kit/screens/task-page.ts'
import { startTask, untilTask } from '../kit/tasks.ts'

test('a question appears in the inbox by itself, is answered there, and the task goes on', async ({
  page,
  admin,
}) => {
  await page.goto('/attention?kind=input')
  const loads = await NavigationCount.of(page)
  const host = `asked-${randomUUID().slice(0, 8)}`
  const task = await startTask(admin.api, 'ask', { host })
  const item = page.getByRole('listitem').filter({ hasText: `Where shall ${host} go?` })
  await expect(item).toBeVisible()
  await expect(page.getByRole('link', { name: /^Needs attention \d+/ })).toBeVisible()

  await item.getByRole('button', { name: 'Answer' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('switched off on Friday')).toBeVisible()
  // In the order in which they were written.
  const labels = dialog.locator('form .pf-v6-c-form__label-text')
  await expect(labels).toHaveText(['Rack', 'Units', 'Urgent', 'Notes', 'Helpers'])
  await dialog.getByLabel('Units').fill('99')
  await dialog.getByRole('button', { name: 'Send answer' }).click()
  await expect(dialog.getByLabel('Rack')).toHaveAttribute('aria-invalid', 'true')
  await expect(dialog.getByLabel('Units')).toHaveAccessibleDescription(/At most 8/)
  await dialog.getByLabel('Rack').selectOption({ label: 'b7' })
  await dialog.getByLabel('Units').fill('2')
  await dialog.getByLabel('Notes').fill('two lines\nof text')
  await dialog.getByRole('button', { name: 'Send answer' }).click()
  await expect(dialog).toBeHidden()
  await expect(item).toBeHidden()
  await loads.expectNone()

  await untilTask(admin.api, task.id, ({ state }) => state === 'STOPPED')
  const screen = await new TaskPage(page).open(task, '?tab=steps&step=1')
  await screen.expectState('Success')
  await expect(page.getByText('rack b7')).toBeVisible()
})

test('a question is answered on the page of its task, too, and the answer stays to be seen', async ({
  page,
  admin,
}) => {
  const task = await startTask(admin.api, 'ask', { host: 'db9' })
  const screen = await new TaskPage(page).open(task)
  await expect(page.getByRole('heading', { name: 'Where shall db9 go?' })).toBeVisible()
  await page.getByLabel('Rack').selectOption({ label: 'a2' })
  await page.getByLabel('Units').fill('4')
  await page.getByRole('button', { name: 'Send answer' }).click()
  await screen.expectState('Success')
  await screen.step('where').getByRole('link').click()
  await expect(page.getByText('a2', { exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Send answer' })).toBeHidden()
})

test('an approval is given without leaving the inbox', async ({ page, admin }) => {
  // Letters alone, and no more than a login may have.
  const login = `ada${randomUUID()
    .replaceAll(/[^a-f]/g, '')
    .slice(0, 10)}`
  await startTask(admin.api, 'access-request', { login, system: 'billing', reason: 'a look' })
  await page.goto('/attention?kind=approval')
  const item = page.getByRole('listitem').filter({ hasText: `for ${login}` })
  await item.getByRole('button', { name: 'Approve' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('level').selectOption('write')
  await dialog.getByLabel('seconds').fill('1')
  await dialog.getByRole('button', { name: 'Approve' }).click()
  await expect(dialog).toBeHidden()
  await expect(item).toBeHidden()
})

test('a task shows the tasks it started, and each leads back to it', async ({ page, admin }) => {
  const family = await startTask(admin.api, 'family', { hosts: ['one', 'two'] })
  const screen = await new TaskPage(page).open(family, '?tab=children')
  const children = page.getByRole('grid', { name: 'Sub-tasks' })
  await expect(children.getByRole('link', { name: 'Move one' })).toBeVisible()
  await children.getByRole('link', { name: 'Move two' }).click()
  await screen.expectState('Waiting')
  await page.getByLabel('Breadcrumb').getByRole('link', { name: 'Move 2 hosts' }).click()
  await expect(children).toBeVisible()
})
