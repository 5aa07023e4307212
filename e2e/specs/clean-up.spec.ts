import { expect } from '@playwright/test'
import { test } from '../kit/fixtures.ts'
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
