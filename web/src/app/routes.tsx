import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouteComponent,
  redirect,
} from '@tanstack/react-router'
import type { AnyVariables, Client, DocumentInput } from 'urql'
import {
  parseSearch,
  printSearch,
  readAttentionSearch,
  readAuditSearch,
  readDeliverySearch,
  readResourceListSearch,
  readSignInSearch,
  readTaskListSearch,
  readTaskPageSearch,
  readTemplatePageSearch,
} from '../client/search.ts'
import { sessionQuery } from '../client/session.ts'
import { RouteError } from './RouteError.tsx'

/** Asks the query of a page before the page is there. What goes wrong is told by the page itself. */
async function preload<Variables extends AnyVariables>(
  client: Client,
  page: Promise<{ pageQuery: DocumentInput<unknown, Variables> }>,
  variables: Variables,
): Promise<void> {
  const { pageQuery } = await page
  await client.query(pageQuery, variables, { requestPolicy: 'cache-first' }).toPromise()
}

interface RouterContext {
  queryClient: QueryClient
}

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: readSignInSearch,
  component: lazyRouteComponent(() => import('../access/SignInPage.tsx'), 'SignInPage'),
})

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  async beforeLoad({ context, location }) {
    const me = await context.queryClient.ensureQueryData(sessionQuery)
    if (!me)
      throw redirect({ to: '/sign-in', search: { next: location.href === '/' ? undefined : location.href } })
    // Loaded only now: the page to sign in needs no GraphQL.
    const { clientOf } = await import('../client/graphql.ts')
    return { me, client: clientOf(me.id) }
  },
  component: lazyRouteComponent(() => import('./Shell.tsx'), 'Shell'),
})

/** A page that its path alone describes. */
const page = <Path extends string>(path: Path, component: RouteComponent) =>
  createRoute({ getParentRoute: () => signedIn, path, component })

const home = page(
  '/',
  lazyRouteComponent(() => import('../dashboard/DashboardPage.tsx'), 'DashboardPage'),
)
const start = page(
  '/start',
  lazyRouteComponent(() => import('../start/StartPage.tsx'), 'StartPage'),
)

const tasks = createRoute({
  getParentRoute: () => signedIn,
  path: '/tasks',
  validateSearch: readTaskListSearch,
  component: lazyRouteComponent(() => import('../tasks/TasksPage.tsx'), 'TasksPage'),
})

const task = createRoute({
  getParentRoute: () => signedIn,
  path: '/tasks/$taskId',
  validateSearch: readTaskPageSearch,
  // A link that is pointed at: page and data are there when it is clicked.
  loader({ context, params, cause }): void {
    if (cause === 'preload')
      void preload(context.client, import('../tasks/TaskPage.tsx'), { id: params.taskId })
  },
  component: lazyRouteComponent(() => import('../tasks/TaskPage.tsx'), 'TaskPage'),
})

const attention = createRoute({
  getParentRoute: () => signedIn,
  path: '/attention',
  validateSearch: readAttentionSearch,
  component: lazyRouteComponent(() => import('../tasks/AttentionPage.tsx'), 'AttentionPage'),
})

const templates = page(
  '/templates',
  lazyRouteComponent(() => import('../templates/TemplatesPage.tsx'), 'TemplatesPage'),
)

const template = createRoute({
  getParentRoute: () => signedIn,
  path: '/templates/$name',
  validateSearch: readTemplatePageSearch,
  loader({ context, params, cause }): void {
    const variables = { ...params, version: undefined }
    if (cause === 'preload') void preload(context.client, import('../templates/TemplatePage.tsx'), variables)
  },
  component: lazyRouteComponent(() => import('../templates/TemplatePage.tsx'), 'TemplatePage'),
})

const run = page(
  '/templates/$name/run',
  lazyRouteComponent(() => import('../templates/RunPage.tsx'), 'RunPage'),
)
const resources = createRoute({
  getParentRoute: () => signedIn,
  path: '/resources',
  validateSearch: readResourceListSearch,
  component: lazyRouteComponent(() => import('../resources/ResourcesPage.tsx'), 'ResourcesPage'),
})

const resource = page(
  '/resources/$name',
  lazyRouteComponent(() => import('../resources/ResourcePage.tsx'), 'ResourcePage'),
)
const executors = page(
  '/executors',
  lazyRouteComponent(() => import('../executors/ExecutorsPage.tsx'), 'ExecutorsPage'),
)
const executor = page(
  '/executors/$id',
  lazyRouteComponent(() => import('../executors/ExecutorPage.tsx'), 'ExecutorPage'),
)
const settings = page(
  '/settings',
  lazyRouteComponent(() => import('../settings/SettingsPage.tsx'), 'SettingsPage'),
)
const configuration = page(
  '/settings/configuration',
  lazyRouteComponent(() => import('../settings/ConfigurationPage.tsx'), 'ConfigurationPage'),
)
const maintenance = page(
  '/settings/maintenance',
  lazyRouteComponent(() => import('../settings/MaintenancePage.tsx'), 'MaintenancePage'),
)
const keys = page(
  '/settings/keys',
  lazyRouteComponent(() => import('../settings/KeysPage.tsx'), 'KeysPage'),
)
const channels = page(
  '/channels',
  lazyRouteComponent(() => import('../channels/ChannelsPage.tsx'), 'ChannelsPage'),
)
const deliveries = createRoute({
  getParentRoute: () => signedIn,
  path: '/channels/deliveries',
  validateSearch: readDeliverySearch,
  component: lazyRouteComponent(() => import('../channels/DeliveriesPage.tsx'), 'DeliveriesPage'),
})
const actions = page(
  '/actions',
  lazyRouteComponent(() => import('../actions/ActionsPage.tsx'), 'ActionsPage'),
)
const action = page(
  '/actions/$type',
  lazyRouteComponent(() => import('../actions/ActionPage.tsx'), 'ActionPage'),
)
const functions = page(
  '/actions/functions',
  lazyRouteComponent(() => import('../actions/FunctionsPage.tsx'), 'FunctionsPage'),
)
const oneFunction = page(
  '/actions/functions/$name',
  lazyRouteComponent(() => import('../actions/FunctionPage.tsx'), 'FunctionPage'),
)
const users = page(
  '/users',
  lazyRouteComponent(() => import('../access/UsersPage.tsx'), 'UsersPage'),
)
const tokens = page(
  '/tokens',
  lazyRouteComponent(() => import('../access/TokensPage.tsx'), 'TokensPage'),
)
const password = page(
  '/password',
  lazyRouteComponent(() => import('../access/PasswordPage.tsx'), 'PasswordPage'),
)

const audit = createRoute({
  getParentRoute: () => signedIn,
  path: '/audit',
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(() => import('../audit/AuditPage.tsx'), 'AuditPage'),
})

// Inside the shell, so that a wrong address still has a navigation.
const nowhere = page(
  '$',
  lazyRouteComponent(() => import('./NotFoundPage.tsx'), 'NotFoundPage'),
)

const tree = root.addChildren([
  signIn,
  signedIn.addChildren([
    home,
    start,
    tasks,
    task,
    attention,
    templates,
    template,
    run,
    resources,
    resource,
    executors,
    executor,
    settings,
    configuration,
    maintenance,
    keys,
    channels,
    deliveries,
    actions,
    action,
    functions,
    oneFunction,
    users,
    tokens,
    password,
    audit,
    nowhere,
  ]),
])

/** The router with every page; pages load when they are first visited, or when a link to them is pointed at. */
export const openRouter = (queryClient: QueryClient) =>
  createRouter({
    routeTree: tree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPendingMs: 150,
    defaultErrorComponent: RouteError,
    parseSearch,
    stringifySearch: printSearch,
    scrollRestoration: true,
    scrollToTopSelectors: ['#main'],
  })

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof openRouter>
  }
}
