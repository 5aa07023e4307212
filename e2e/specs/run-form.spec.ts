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
  await page.getByRole('button', { name: 'Options' }).click()
  await page.getByLabel('Start at').fill('2099-01-01T08:00')
  await page.getByRole('button', { name: 'Schedule' }).click()
  await new TaskPage(page).expectState('Scheduled')
})

test('a task is told whom it concerns, what it locks and how much it hurries', async ({ page, admin }) => {
  await page.goto('/templates/note/run')
  await field(page, 'text').fill('with options')
  await expect(page.getByText('Groups of watchers')).toBeHidden()
  await page.getByRole('button', { name: 'Options' }).click()
  await page.getByRole('spinbutton', { name: 'Priority' }).fill('7')
  const add = async (group: string, value: string) => {
    const list = page.getByRole('group', { name: group, exact: true })
    await list.getByRole('button', { name: 'Add' }).click()
    await expect(field(page, `${group} 1`)).toBeFocused()
    await field(page, `${group} 1`).fill(value)
  }
  await add('Watchers', 'grace')
  await add('Groups of resolvers', 'dba')
  await add('Links', 'rack/r1')
  await page.getByRole('button', { name: 'Add a lock' }).click()
  const lock = page.getByRole('group', { name: 'Lock 1' })
  await lock.getByRole('textbox', { name: 'Resource' }).fill('db9')
  await run(page).click()
  await expect(lock.getByRole('textbox', { name: 'Resource' })).toBeFocused()
  await expect(lock.getByText('A resource has a type and a name')).toBeVisible()
  await lock.getByRole('textbox', { name: 'Resource' }).fill('host/db9')
  await lock.getByRole('combobox', { name: 'Mode' }).selectOption('SHARED')
  await page.getByRole('button', { name: 'Options, 5 set' }).click()
  await run(page).click()
  await new TaskPage(page).expectState('Success')
  const document = `query T($id: ID!) {
    task(id: $id) { priority watchers resolverGroups links { resource mode } }
  }`
  const { task } = await admin.api.ask<{ task: unknown }>(document, { id: page.url().split('/').at(-1) })
  expect(task).toEqual({
    priority: 7,
    watchers: ['grace'],
    resolverGroups: ['dba'],
    links: [
      { resource: 'host/db9', mode: 'SHARED' },
      { resource: 'rack/r1', mode: null },
    ],
  })
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
