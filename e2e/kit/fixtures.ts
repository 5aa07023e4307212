import { type Browser, type BrowserContext, test as base, type Page } from '@playwright/test'
import { watchConsole } from './console.ts'
import { cookieOf, enter, hire, type Person } from './people.ts'
import { adminPassword, Server, type ServerOptions } from './server.ts'

interface OfWorker {
  /** The installation that the specs of this worker share; each makes its own world in it. */
  readonly server: Server
  readonly admin: Person
}

interface OfTest {
  /** What the page may write to its console as an error; everything else fails the test. */
  readonly expectedErrors: readonly RegExp[]
  /** An installation for this test alone: started, and gone at the end. */
  readonly installation: (options?: ServerOptions) => Promise<Server>
  /** A page of somebody else, or of nobody, in a browser context of its own. */
  readonly pageOf: (person?: Person) => Promise<Page>
  /** Somebody new with these roles. */
  readonly personAs: (...roles: string[]) => Promise<Person>
}

/** A browser of its own, for a person or for nobody. */
export function openContext(browser: Browser, origin: string, person?: Person): Promise<BrowserContext> {
  const cookies = person === undefined ? [] : [cookieOf(origin, person.session)]
  return browser.newContext({
    baseURL: origin,
    viewport: { width: 1440, height: 900 },
    storageState: { cookies, origins: [] },
  })
}

/** A page in a new context, for a person or for nobody. */
export async function openPage(browser: Browser, origin: string, person?: Person): Promise<Page> {
  return (await openContext(browser, origin, person)).newPage()
}

/** `page` is a page of the administrator, signed in; it must not write an error to its console. */
export const test = base.extend<OfTest, OfWorker>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs
    async ({}, use) => {
      const server = await new Server().start()
      await use(server)
      await server.end()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  admin: [
    async ({ server }, use) => use(await enter(server.origin, 'admin', adminPassword)),
    { scope: 'worker' },
  ],
  expectedErrors: [[], { option: true }],
  baseURL: async ({ server }, use) => use(server.origin),
  storageState: async ({ server, admin }, use) =>
    use({ cookies: [cookieOf(server.origin, admin.session)], origins: [] }),
  page: async ({ page, expectedErrors }, use) => {
    const check = watchConsole(page, expectedErrors)
    await use(page)
    check()
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs
  installation: async ({}, use) => {
    const servers: Server[] = []
    await use(async (options) => {
      const server = new Server(options)
      servers.push(server)
      return server.start()
    })
    await Promise.all(servers.map((server) => server.end()))
  },
  pageOf: async ({ browser, server }, use) => {
    const pages: Page[] = []
    await use(async (person) => {
      const page = await openPage(browser, server.origin, person)
      pages.push(page)
      return page
    })
    await Promise.all(pages.map((page) => page.context().close()))
  },
  personAs: async ({ admin }, use) => use((...roles) => hire(admin.api, ...roles)),
})
