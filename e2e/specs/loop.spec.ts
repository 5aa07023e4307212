import { expect } from '@playwright/test'
import { test } from '../kit/fixtures.ts'
import { NavigationCount } from '../kit/navigation.ts'
import { TaskPage } from '../kit/screens/task-page.ts'
import { startTask } from '../kit/tasks.ts'

test('a loop of 1,000 items shows counts and a page of them, and leads to the one that failed', async ({
  page,
  admin,
}) => {
  const task = await startTask(admin.api, 'loop', { count: 1000 })
  const screen = await new TaskPage(page).open(task)
  const loads = await NavigationCount.of(page)
  await screen.expectState('Paused')
  await expect(screen.steps).toHaveCount(3)
  await expect(screen.step('resize')).toContainText('1,000/1,000')
  await expect(screen.failure).toContainText('Step resize-13 failed')

  await screen.step('resize').getByRole('link').click()
  const items = page.getByRole('region', { name: 'Items of the loop' })
  await expect(items.getByRole('row')).toHaveCount(26)
  await items.getByRole('button', { name: 'Next' }).click()
  await expect(items.getByText('#26', { exact: true })).toBeVisible()
  await expect(items.getByRole('row')).toHaveCount(26)

  await items.getByRole('button', { name: 'Failed 1' }).click()
  await expect(items.getByRole('row')).toHaveCount(2)
  await expect(items.getByText('item 13 has no room')).toBeVisible()
  await items.getByRole('link', { name: /^#14/ }).click()
  const step = page.getByRole('region', { name: 'Step resize-13' })
  await expect(step.getByText('this is number 14')).toBeVisible()
  await step.getByRole('link', { name: 'All items of this loop' }).click()

  await screen.button('Skip step').click()
  await screen.dialog.getByRole('button', { name: 'Skip step' }).click()
  await expect(screen.dialog).toBeHidden()
  await screen.expectState('Warning')
  await screen.expectStep('report', 'Done')
  await expect(page.getByText('1 step was skipped.')).toBeVisible()
  await loads.expectNone()
})

test('the way back from an item leads to the page of items that it stood on', async ({ page, admin }) => {
  await new TaskPage(page).open(await startTask(admin.api, 'loop', { count: 60 }))
  const items = page.getByRole('region', { name: 'Items of the loop' })
  await items.getByRole('button', { name: 'Next' }).click()
  await items.getByRole('link', { name: /^#26/ }).click()
  await expect(page.getByText('this is number 26')).toBeVisible()
  await page.goBack()
  await expect(items.getByText('Page 2')).toBeVisible()
  await expect(items.getByRole('link', { name: /^#26/ })).toBeVisible()
  await page.goBack()
  await expect(items.getByRole('link', { name: /^#1 / })).toBeVisible()
})
