import { expect } from '@playwright/test'
import { openPage, test } from '../kit/fixtures.ts'
import { enter, hire } from '../kit/people.ts'
import { adminPassword } from '../kit/server.ts'

test('everybody reads of a maintenance at once, nobody can change anything, and it ends as it began', async ({
  browser,
  installation,
}) => {
  const server = await installation()
  const admin = await enter(server.origin, 'admin', adminPassword)
  const operator = await hire(admin.api, 'operator')
  const page = await openPage(browser, server.origin, admin)
  const other = await openPage(browser, server.origin, operator)
  await other.goto('/templates/health-check/run')
  await expect(other.getByRole('button', { name: 'Run', exact: true })).toBeVisible()

  await page.goto('/settings/maintenance')
  await page.getByLabel('Message').fill('The database gets more room')
  await page.getByRole('button', { name: 'Begin maintenance…' }).click()
  await expect(page.getByRole('dialog')).toContainText('Every change is refused')
  await page.getByRole('dialog').getByRole('button', { name: 'Begin maintenance' }).click()

  await expect(other.getByText('“The database gets more room”')).toBeVisible()
  await expect(other.getByRole('link', { name: 'End or change it' })).toBeHidden()
  await other.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(other.getByText(/maintenance/i).nth(1)).toBeVisible()
  await expect(other).toHaveURL(/\/run$/)

  await page.getByRole('button', { name: 'End maintenance' }).click()
  await expect(other.getByText('“The database gets more room”')).toBeHidden()
  await other.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(other).toHaveURL(/\/tasks\//)
  await page.context().close()
  await other.context().close()
})
