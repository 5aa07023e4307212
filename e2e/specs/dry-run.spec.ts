import { expect } from '@playwright/test'
import { test } from '../kit/fixtures.ts'
import { countTasks, startTask } from '../kit/tasks.ts'

test('a dry run tells steps, locks and who holds them, and runs nothing', async ({ page, server, admin }) => {
  const folder = server.place.room('gates-dry-run')
  await startTask(admin.api, 'locker', { host: 'dry1', who: 'ada', folder })
  const before = await countTasks(admin.api)
  await page.goto('/templates/locker?tab=dry-run')
  await page.getByLabel('host').fill('dry1')
  await page.getByRole('button', { name: 'Try without running' }).click()
  await expect(page.getByLabel('who')).toHaveAttribute('aria-invalid', 'true')
  await page.getByLabel('who').fill('grace')
  await page.getByLabel('folder').fill('/nowhere')
  await page.getByRole('button', { name: 'Try without running' }).click()
  await expect(page.getByRole('heading', { name: 'grace works on dry1' })).toBeVisible()
  const locks = page.getByRole('grid', { name: 'Locks' })
  await expect(locks).toContainText('host/dry1')
  await expect(locks.getByRole('link', { name: 'ada works on dry1' })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Steps' })).toContainText('gate.sh')
  expect(await countTasks(admin.api)).toBe(before)
})
