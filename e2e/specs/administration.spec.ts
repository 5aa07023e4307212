import { randomUUID } from 'node:crypto'
import { expect } from '@playwright/test'
import { Api, Refused } from '../kit/api.ts'
import { test } from '../kit/fixtures.ts'
import { SignInForm } from '../kit/screens/sign-in.ts'

test('a setting is changed in place, says who changed it, and stands on the audit', async ({ page }) => {
  await page.goto('/settings')
  const row = page.getByRole('row').filter({ hasText: 'report_timeout_hours' })
  await row.getByRole('button', { name: 'Edit report_timeout_hours' }).click()
  await row.getByRole('spinbutton', { name: 'report_timeout_hours' }).fill('0')
  await expect(row.getByRole('button', { name: 'Save' })).toBeDisabled()
  await row.getByRole('spinbutton', { name: 'report_timeout_hours' }).fill('48')
  await row.getByRole('button', { name: 'Save' }).click()
  await expect(row).toContainText('Default: 24')
  await expect(row).toContainText('by admin')
  await row.getByRole('button', { name: 'Reset' }).click()
  await expect(row).not.toContainText('Default: 24')
  await page.goto('/audit')
  await expect(page.getByRole('row').filter({ hasText: 'report_timeout_hours' }).first()).toContainText(
    'admin',
  )
})

test('a user is created, signs in, chooses a password of his own, and is locked out at once', async ({
  page,
  pageOf,
}) => {
  const name = `ada-${randomUUID().slice(0, 8)}`
  await page.goto('/users')
  await page.getByRole('button', { name: 'Create user' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill(name)
  await dialog.getByLabel('Full name').fill('Ada Lovelace')
  await dialog.getByRole('checkbox', { name: 'Viewer' }).uncheck()
  await dialog.getByRole('checkbox', { name: 'Operator' }).check()
  await dialog.getByLabel('First password', { exact: true }).fill('first password')
  await dialog.getByRole('button', { name: 'Create user' }).click()
  await expect(dialog).toBeHidden()
  const row = page.getByRole('row').filter({ hasText: name })
  await expect(row).toContainText('Operator')

  const hers = await pageOf()
  await hers.goto('/')
  await new SignInForm(hers).enter(name, 'first password')
  await hers.getByRole('link', { name: 'Choose one of your own' }).click()
  await hers.getByLabel('Current password', { exact: true }).fill('first password')
  await hers.getByLabel('New password', { exact: true }).fill('my own password')
  await hers.getByRole('button', { name: 'Change password' }).click()
  await expect(hers.getByText('Your password is changed.')).toBeVisible()
  await expect(hers.getByText('chosen by somebody else')).toBeHidden()

  await row.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Disable' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Disable user' }).click()
  await expect(row).toContainText('Disabled')
  await expect(hers.getByRole('dialog', { name: 'Your session has ended' })).toBeVisible()
})

test('a token is shown once, may do what was chosen, and nothing after it is revoked', async ({
  page,
  server,
}) => {
  const name = `token ${randomUUID().slice(0, 8)}`
  await page.goto('/tokens')
  await page.getByRole('button', { name: 'Create token' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByRole('checkbox', { name: 'template.view' }).check()
  await dialog.getByRole('button', { name: 'Create token' }).click()
  const secret = await dialog.getByRole('textbox', { name: 'The secret of the new token' }).inputValue()
  await dialog.getByRole('button', { name: 'Done' }).click()
  const row = page.getByRole('row').filter({ hasText: name })
  await expect(row).toContainText('Valid')

  const api = new Api(server.origin, secret)
  const templates = () => api.ask('{ templates(first: 1) { edges { node { name } } } }')
  await templates()
  await expect(api.ask('{ tasks(first: 1) { edges { node { id } } } }')).rejects.toMatchObject({
    code: 'forbidden',
  })

  await row.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Revoke' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Revoke/ })
    .click()
  await expect(row).toContainText('Revoked')
  await expect(templates()).rejects.toBeInstanceOf(Refused)
})

test('the executors page shows who works here', async ({ page }) => {
  await page.goto('/executors')
  await expect(page.getByRole('grid', { name: 'Executors' }).getByText('Alive')).toBeVisible()
})

test('the dashboard counts live, and every number leads to its list', async ({ page, admin }) => {
  await page.goto('/')
  const status = page.getByRole('grid', { name: 'Tasks by state and result' })
  const success = status.getByRole('link', { name: /tasks?: Success$/ })
  await admin.api.ask(
    'mutation { createTask(input: { template: "note", input: { text: "counted" }, wait: 30 }) { __typename } }',
  )
  await expect(success).toBeVisible()
  const before = Number(await success.textContent())
  await admin.api.ask(
    'mutation { createTask(input: { template: "note", input: { text: "counted" }, wait: 30 }) { __typename } }',
  )
  await expect.poll(async () => Number(await success.textContent())).toBeGreaterThan(before)
  await success.click()
  await expect(page).toHaveURL(/state=stopped&result=success/)
  await expect(page.getByRole('row').filter({ hasText: 'Note counted' }).first()).toBeVisible()
})
