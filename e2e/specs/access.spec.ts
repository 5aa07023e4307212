import { expect } from '@playwright/test'
import { test } from '../kit/fixtures.ts'
import { GatedTask } from '../kit/gates.ts'
import { cookieOf, leave } from '../kit/people.ts'
import { SignInForm } from '../kit/screens/sign-in.ts'
import { TaskPage } from '../kit/screens/task-page.ts'
import { startTask } from '../kit/tasks.ts'

test('name and password lead back to the page that was asked for; a wrong password says so', async ({
  pageOf,
  personAs,
}) => {
  const person = await personAs('operator')
  const page = await pageOf()
  await page.goto('/templates')
  const form = new SignInForm(page)
  await form.enter(person.name, 'not the password')
  await expect(page.getByText(/name or password/i)).toBeVisible()
  await expect(form.form.getByLabel('Name')).toHaveValue(person.name)
  await form.enter(undefined, person.password)
  await expect(page.getByRole('heading', { level: 1, name: 'Templates' })).toBeVisible()
})

test('whoever signs out is out: the page, its history and its session', async ({
  page,
  server,
  context,
  personAs,
}) => {
  const person = await personAs('operator')
  await context.clearCookies()
  await context.addCookies([cookieOf(server.origin, person.session)])
  await page.goto('/tasks')
  await page.getByRole('button', { name: `Account of ${person.name}` }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(new SignInForm(page).form).toBeVisible()
  await page.goBack()
  await expect(new SignInForm(page).form).toBeVisible()
  await context.addCookies([cookieOf(server.origin, person.session)])
  const { me } = await (await page.request.get('/api/session')).json().catch(() => ({ me: null }))
  expect(me ?? null).toBeNull()
})

test('a viewer sees everything and is told why nothing can be done', async ({
  pageOf,
  personAs,
  server,
  admin,
}) => {
  const { task } = await GatedTask.start(server, admin.api, 'only looked at')
  const page = await pageOf(await personAs('viewer'))
  const screen = await new TaskPage(page).open(task)
  await screen.expectStep('first', 'Running')
  await expect(screen.button('Cancel')).toBeHidden()
  await screen.button('More actions').click()
  const cancel = page.getByRole('menuitem', { name: /^Cancel/ })
  await expect(cancel).toBeDisabled()
  await expect(cancel).toContainText(/permission|may not/i)
  await page.goto('/start')
  await expect(page.getByRole('button', { name: 'Run the health check' })).toBeDisabled()
  await expect(page.getByText('the permission task.create is missing').first()).toBeVisible()
})

test('a page that is not for one says which permission is missing', async ({ pageOf, personAs }) => {
  const page = await pageOf(await personAs('viewer'))
  await page.goto('/users')
  await expect(page.getByRole('heading', { name: 'You may not see this' })).toBeVisible()
  await expect(page.getByText('user.manage')).toBeVisible()
  const navigation = page.getByRole('navigation', { name: 'Main' })
  await expect(navigation.getByRole('link', { name: 'Tasks' })).toBeVisible()
  await expect(navigation.getByRole('link', { name: 'Users' })).toBeHidden()
  await page.goto('/audit')
  await expect(page.getByText('audit.view')).toBeVisible()
})

test('a resolver sees what is his to resolve and no other task', async ({ pageOf, personAs, admin }) => {
  const foreign = await startTask(admin.api, 'note', { text: 'of somebody else' }, { wait: 30 })
  const page = await pageOf(await personAs('resolver'))
  await new TaskPage(page).open(foreign)
  await expect(page.getByRole('heading', { name: 'This is not here' })).toBeVisible()
})

test('an ended session is renewed over the page as it stands, and what was typed stays', async ({
  pageOf,
  personAs,
  server,
}) => {
  const person = await personAs('operator')
  const page = await pageOf(person)
  await page.goto('/templates/note/run')
  await page.getByRole('textbox', { name: 'text' }).fill('typed before')
  await leave(server.origin, person.session)
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
  await expect(dialog).toBeVisible()
  await new SignInForm(page).enter(undefined, person.password)
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('textbox', { name: 'text' })).toHaveValue('typed before')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  // It is live again, too.
  await new TaskPage(page).expectState('Success')
})
