import { expect, type Page } from '@playwright/test'
import { test } from '../kit/fixtures.ts'
import { TaskPage } from '../kit/screens/task-page.ts'

const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
const run = (page: Page) => page.getByRole('button', { name: 'Run', exact: true })

test('what is missing or wrong is said at its field, and nothing is lost', async ({ page }) => {
  await page.goto('/templates/form/run')
  await field(page, 'login').fill('Ada 1')
  await run(page).click()
  await expect(field(page, 'login')).toBeFocused()
  await expect(field(page, 'login')).toHaveAttribute('aria-invalid', 'true')
  await expect(field(page, 'login')).toHaveAccessibleDescription(/match/)
  await expect(page.getByRole('combobox', { name: 'team' })).toHaveAttribute('aria-invalid', 'true')
  await expect(page).toHaveURL(/\/run$/)
  await field(page, 'login').fill('ada')
  await expect(field(page, 'login')).toHaveAttribute('aria-invalid', 'false')
  await expect(page.getByRole('spinbutton', { name: 'count' })).toHaveValue('3')
})

test('legal values are offered, every kind of input arrives with its type, and the task opens', async ({
  page,
}) => {
  await page.goto('/templates/form/run')
  await field(page, 'login').fill('ada')
  await expect(page.getByRole('combobox', { name: 'team' }).getByRole('option')).toHaveText([
    'Choose…',
    'compute',
    'network',
    'storage',
  ])
  await page.getByRole('combobox', { name: 'team' }).selectOption('storage')
  await page.getByRole('spinbutton', { name: 'count' }).fill('7')
  await page.getByRole('switch', { name: 'urgent' }).check({ force: true })
  const hosts = page.getByRole('group', { name: 'hosts' })
  for (const [at, host] of ['db1', 'db2'].entries()) {
    await hosts.getByRole('button', { name: 'Add' }).click()
    await hosts.getByRole('textbox', { name: `hosts ${at + 1}` }).fill(host)
  }
  await page.getByLabel('secret', { exact: true }).fill('tops3cret')
  await run(page).click()
  const screen = new TaskPage(page)
  await screen.expectState('Success')
  await screen.tab('Inputs and result').click()
  await expect(page.getByText('db2')).toBeVisible()
  await expect(page.getByText('tops3cret')).toBeHidden()
  await screen.tab('Raw').click()
  await expect(page.getByText('"count": 7')).toBeVisible()
  await expect(page.getByText('"urgent": true')).toBeVisible()
})

test('a draft survives a reload, but its secrets do not', async ({ page }) => {
  await page.goto('/templates/form/run')
  await field(page, 'login').fill('grace')
  await page.getByRole('combobox', { name: 'team' }).selectOption('network')
  await page.getByLabel('secret', { exact: true }).fill('tops3cret')
  await page.reload()
  await expect(field(page, 'login')).toHaveValue('grace')
  await expect(page.getByRole('combobox', { name: 'team' })).toHaveValue('1')
  await expect(page.getByLabel('secret', { exact: true })).toHaveValue('')
})

test('a task is started later', async ({ page }) => {
  await page.goto('/templates/note/run')
  await field(page, 'text').fill('not yet')
  await page.getByRole('button', { name: 'Start later' }).click()
  await page.getByLabel('Start at').fill('2099-01-01T08:00')
  await page.getByRole('button', { name: 'Schedule' }).click()
  await new TaskPage(page).expectState('Scheduled')
})

const blockedNow = /* GraphQL */ `
  mutation Block($blocked: Boolean!) {
    setTemplateBlocked(input: { name: "nightly-report", blocked: $blocked }) { id }
  }
`

test.describe('what only the server can know', () => {
  test('a template that was blocked meanwhile is told at the form, which stays as it was', async ({
    page,
    admin,
  }) => {
    await page.goto('/templates/nightly-report/run')
    await field(page, 'day').fill('2026-11-20')
    await admin.api.ask(blockedNow, { blocked: true })
    await run(page).click()
    await expect(page.getByText(/is blocked/)).toBeVisible()
    await expect(field(page, 'day')).toHaveValue('2026-11-20')
    await page.goto('/templates/nightly-report')
    await expect(page.getByText('Blocked', { exact: true })).toBeVisible()
    await admin.api.ask(blockedNow, { blocked: false })
  })

  test('a problem of a field that the server found stands at that field', async ({ page }) => {
    await page.goto('/templates/form/run')
    await field(page, 'login').fill('ada')
    await page.getByRole('combobox', { name: 'team' }).selectOption('compute')
    // The server refuses what the form thinks is fine: as if the template had changed meanwhile.
    await page.route('**/graphql', (route) => {
      if (!route.request().postData()?.includes('RunTemplate')) return route.fallback()
      const fields = [{ __typename: 'FieldProblem', name: 'login', message: 'ada is on holiday' }]
      const createTask = { __typename: 'InputProblem', message: 'One input cannot be used.', fields }
      return route.fulfill({ json: { data: { createTask } } })
    })
    await run(page).click()
    await expect(page.getByText('One input cannot be used.')).toBeVisible()
    await expect(field(page, 'login')).toHaveAccessibleDescription(/^ada is on holiday/)
    await expect(field(page, 'login')).toBeFocused()
  })
})
