import { randomUUID } from 'node:crypto'
import { expect } from '@playwright/test'
import { test } from '../kit/fixtures.ts'
import { TaskList } from '../kit/screens/task-list.ts'
import { TaskPage } from '../kit/screens/task-page.ts'
import { startTask, untilTask } from '../kit/tasks.ts'

const isOver = ({ state }: { state: string }) => state === 'STOPPED'

test('the page of a task says until when it is kept, as the setting has it', async ({ page, admin }) => {
  await page.goto('/settings')
  await page.getByRole('button', { name: 'Edit keep_tasks_for' }).click()
  const value = page.getByRole('textbox', { name: 'keep_tasks_for' })
  await value.fill('30')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('must be a duration such as 720h or 30d, or forever')).toBeVisible()
  await value.fill('3650d')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('3650d', { exact: true })).toBeVisible()

  const task = await startTask(admin.api, 'health-check')
  await untilTask(admin.api, task.id, isOver)
  await new TaskPage(page).open(task)
  const year = new Date(Date.now() + 3650 * 86_400_000).getUTCFullYear()
  await expect(page.getByTitle(/^For 3,650 days since it ended/)).toContainText(`${year}`)

  await admin.api.ask(
    /* GraphQL */ `
      mutation Delete($input: DeleteTasksInput!) { deleteTasks(input: $input) { deleted } }
    `,
    { input: { filter: { text: task.uuid }, reason: 'not needed any more' } },
  )
  await expect(page.getByRole('heading', { name: 'This task was deleted' })).toBeVisible()
  await expect(page.getByText('“not needed any more”')).toBeVisible()
  await page.goto('/audit')
  await expect(page.getByText('not needed any more').first()).toBeVisible()
})

test('ticked tasks are deleted with a count of what goes and what stays, and an open page of one says so', async ({
  page,
  admin,
  pageOf,
}) => {
  const word = `w${randomUUID().slice(0, 8)}`
  const note = (text: string, more = {}) => startTask(admin.api, 'note', { text: `${word} ${text}` }, more)
  const [gone, awaited] = [await note('gone', { wait: 30 }), await note('awaited', { wait: 30 })]
  await note('later', { dependsOn: [awaited.id], startAt: new Date(Date.now() + 3_600_000).toISOString() })
  const other = await new TaskPage(await pageOf(admin)).open(gone)
  await other.expectState('Success')

  const list = await new TaskList(page).open(`?text=${word}`)
  await expect(list.row(`Note ${word} later`)).toBeVisible()
  await page.getByRole('checkbox', { name: 'Select all rows' }).check()
  await page.getByRole('button', { name: 'Delete 2', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('With it go 1 attempt with outputs and logs')
  await expect(dialog.getByRole('list', { name: 'What stays' })).toContainText('Another task depends on it')
  await dialog.getByLabel('Reason').fill('tidying up')
  await dialog.getByLabel('Type “delete”').fill('delete')
  await dialog.getByRole('button', { name: 'Delete 1 task' }).click()
  await expect(page.getByText('Delete: 1 of 2 deleted, 1 refused')).toBeVisible()
  await expect(list.row(`Note ${word} gone`)).toBeHidden()
  await expect(other.page.getByRole('heading', { name: 'This task was deleted' })).toBeVisible()
  await expect(other.page.getByText('“tidying up”')).toBeVisible()

  const screen = await new TaskPage(page).open(awaited)
  await screen.choose('Delete')
  await expect(dialog.getByRole('heading', { name: 'Cannot be deleted now' })).toBeVisible()
  await expect(dialog).toContainText('Another task depends on it')
})
