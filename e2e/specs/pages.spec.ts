import { type BrowserContext, expect, type Page } from '@playwright/test'
import { watchConsole } from '../kit/console.ts'
import { test as base, openContext, openPage } from '../kit/fixtures.ts'
import { fillGallery, type Gallery } from '../kit/gallery.ts'
import { expectGoodLooks, settle } from '../kit/looks.ts'
import { enter } from '../kit/people.ts'
import { SignInForm } from '../kit/screens/sign-in.ts'
import { TaskPage } from '../kit/screens/task-page.ts'
import { adminPassword, Server } from '../kit/server.ts'

type Who = 'admin' | 'nobody' | 'viewer'

interface OfWorker {
  readonly gallery: Gallery
  /** One browser for each kind of visitor: the second page finds what the first one loaded. None of them leaves anything behind. */
  readonly contextOf: (who: Who) => Promise<BrowserContext>
}

const test = base.extend<Record<never, never>, OfWorker>({
  gallery: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs
    async ({}, use) => {
      const server = await new Server().start()
      await use(await fillGallery(server, await enter(server.origin, 'admin', adminPassword)))
      await server.end()
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  contextOf: [
    async ({ browser, gallery }, use) => {
      const contexts = new Map<Who, BrowserContext>()
      await use(async (who) => {
        const person = who === 'nobody' ? undefined : gallery[who]
        const context = contexts.get(who) ?? (await openContext(browser, gallery.server.origin, person))
        contexts.set(who, context)
        return context
      })
      await Promise.all([...contexts.values()].map((context) => context.close()))
    },
    { scope: 'worker' },
  ],
})

interface View {
  readonly path: string | ((gallery: Gallery) => string)
  readonly who?: Who
  /** Brings the page to what is to be seen. */
  readonly prepare?: (page: Page) => Promise<void>
  readonly expectedErrors?: readonly RegExp[]
}

const task =
  (which: Exclude<keyof Gallery, 'server' | 'admin' | 'viewer' | 'reported'>, search = '') =>
  (gallery: Gallery) =>
    `/tasks/${gallery[which].uuid}${search}`
const press = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first().click()
const choose = (name: string) => (page: Page) => new TaskPage(page).choose(name)
const sees = (text: string | RegExp) => (page: Page) => expect(page.getByText(text).first()).toBeVisible()

/** Every page, each in the states that people meet it in. */
const views: Record<string, View> = {
  dashboard: {
    path: '/',
    prepare: (page) => expect(page.getByRole('img', { name: /^Tasks by state/ })).toBeVisible(),
  },
  start: { path: '/start', prepare: press('Report from your shell') },
  tasks: { path: '/tasks', prepare: sees('Gates of the gallery') },
  'tasks-none-matches': { path: '/tasks?text=nothing-has-this&state=paused' },
  'tasks-ticked': {
    path: '/tasks',
    prepare: (page) => page.getByRole('checkbox', { name: 'Select all rows' }).check(),
  },
  'task-running': { path: task('running'), prepare: sees('waiting at the gate second') },
  'task-paused': { path: task('paused'), prepare: sees(/quota exceeded/) },
  'task-done': { path: task('done') },
  'task-warning': { path: task('failed') },
  'task-cancelled': { path: task('cancelled') },
  'task-approval-asked': { path: task('approval'), prepare: press('Approve') },
  'task-cancel-asked': { path: task('running'), prepare: press('Cancel') },
  'task-reported': { path: ({ reported }) => `/tasks/${reported}`, prepare: sees('part 3 of 8') },
  'task-timeline': { path: task('paused', '?tab=timeline') },
  'task-graph': { path: task('paused', '?tab=graph') },
  'task-errors': { path: task('paused', '?tab=errors') },
  'task-activity': { path: task('paused', '?tab=activity') },
  'task-dependencies': { path: task('paused', '?tab=dependencies') },
  'task-inputs': { path: task('done', '?tab=inputs') },
  'task-raw': { path: task('done', '?tab=raw') },
  'task-huge': { path: task('huge') },
  'task-huge-timeline': { path: task('huge', '?tab=timeline') },
  'task-seen-by-viewer': { path: task('running'), who: 'viewer', prepare: press('More actions') },
  'task-missing': { path: '/tasks/00000000-0000-7000-8000-000000000000' },
  'task-loop': { path: task('loop', '?tab=steps&step=1'), prepare: sees('#25') },
  'task-waiting-for-a-lock': { path: task('waiting', '?tab=locks'), prepare: sees('next in line') },
  'task-console': { path: task('waiting', '?tab=console'), prepare: sees('resource_type') },
  'task-unlock-asked': { path: task('paused'), prepare: choose('Unlock') },
  'task-edit-asked': { path: task('paused'), prepare: choose('Edit the request') },
  'task-people-asked': { path: task('paused'), prepare: choose('Watchers and resolvers') },
  'task-question': { path: task('question'), prepare: sees('Where shall db1 go?') },
  'task-children': { path: task('family', '?tab=children'), prepare: sees('Move db4') },
  attention: { path: '/attention', prepare: sees('Where shall db1 go?') },
  'attention-answer': {
    path: '/attention?kind=input',
    prepare: async (page) => {
      await press('Answer')(page)
      await press('Send answer')(page)
      await sees('This is needed.')(page)
    },
  },
  'attention-none': { path: '/attention?kind=review' },
  templates: { path: '/templates' },
  template: { path: '/templates/health-check' },
  'template-yaml': { path: '/templates/health-check?tab=text' },
  'template-tasks': { path: '/templates/health-check?tab=tasks' },
  'template-huge': { path: '/templates/huge' },
  'run-form-options': {
    path: '/templates/note/run',
    prepare: async (page) => {
      await press('Options')(page)
      await press('Add a lock')(page)
    },
  },
  'run-form-wrong': { path: '/templates/form/run', prepare: press('Run') },
  'template-dry-run': {
    path: '/templates/break-something?tab=dry-run',
    prepare: async (page) => {
      await press('Try without running')(page)
      await sees('Nothing has run.')(page)
    },
  },
  resources: { path: '/resources' },
  resource: { path: '/resources/host%2Fdb1' },
  executors: { path: '/executors' },
  actions: { path: '/actions' },
  action: { path: '/actions/http' },
  channels: { path: '/channels' },
  'channels-add': { path: '/channels', prepare: press('Add a channel') },
  deliveries: { path: '/channels/deliveries' },
  configuration: { path: '/settings/configuration' },
  keys: { path: '/settings/keys' },
  maintenance: { path: '/settings/maintenance' },
  'settings-edited': { path: '/settings', prepare: press('Edit report_timeout_hours') },
  users: { path: '/users' },
  'users-create': { path: '/users', prepare: press('Create user') },
  tokens: { path: '/tokens' },
  'tokens-create': { path: '/tokens', prepare: press('Create token') },
  password: { path: '/password' },
  audit: { path: '/audit' },
  nowhere: { path: '/no/such/page' },
  forbidden: { path: '/audit', who: 'viewer' },
  'sign-in-refused': {
    path: '/sign-in',
    who: 'nobody',
    prepare: async (page) => {
      await new SignInForm(page).enter('ada', 'wrong password')
      await expect(page.getByText(/name or password/i)).toBeVisible()
    },
    expectedErrors: [/401/],
  },
  'sign-in-link-used': { path: '/sign-in?code=used', who: 'nobody', expectedErrors: [/401/] },
  palette: { path: '/tasks', prepare: (page) => page.keyboard.press('Control+k') },
  shortcuts: { path: '/tasks', prepare: (page) => page.keyboard.press('?') },
}

for (const [name, { path, who, prepare, expectedErrors }] of Object.entries(views)) {
  test(`${name}: at 1440 and 390 px, light and dark`, async ({ contextOf, gallery }) => {
    const context = await contextOf(who ?? 'admin')
    const page = await context.newPage()
    const check = watchConsole(page, expectedErrors)
    await page.goto(typeof path === 'string' ? path : path(gallery))
    await settle(page)
    await prepare?.(page)
    await expectGoodLooks(page, name)
    check()
    await page.close()
  })
}

test('an empty installation has pages too', async ({ browser, installation }) => {
  const server = await installation()
  const page = await openPage(browser, server.origin, await enter(server.origin, 'admin', adminPassword))
  const check = watchConsole(page)
  for (const [name, path] of [
    ['empty-dashboard', '/'],
    ['empty-tasks', '/tasks'],
    ['empty-template-tasks', '/templates/health-check?tab=tasks'],
  ] as const) {
    await page.goto(path)
    await expectGoodLooks(page, name)
  }
  check()
  await page.context().close()
})
