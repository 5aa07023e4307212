import { linkOptions } from '@tanstack/react-router'
import type {
  AttentionSearch,
  AuditSearch,
  DeliverySearch,
  ResourceListSearch,
  TaskListSearch,
  TaskPageSearch,
  TemplatePageSearch,
} from './search.ts'

/** Every address of the page. Links are made here and nowhere else: `<Link {...paths.task(uuid)}>`. */
export const paths = {
  home: () => linkOptions({ to: '/' }),
  start: () => linkOptions({ to: '/start' }),
  signIn: (next?: string) => linkOptions({ to: '/sign-in', search: { next } }),
  tasks: (search: TaskListSearch = {}) => linkOptions({ to: '/tasks', search }),
  task: (uuid: string, search: TaskPageSearch = {}) =>
    linkOptions({ to: '/tasks/$taskId', params: { taskId: uuid }, search }),
  attention: (search: AttentionSearch = {}) => linkOptions({ to: '/attention', search }),
  templates: () => linkOptions({ to: '/templates' }),
  template: (name: string, search: TemplatePageSearch = {}) =>
    linkOptions({ to: '/templates/$name', params: { name }, search }),
  run: (name: string) => linkOptions({ to: '/templates/$name/run', params: { name } }),
  resources: (search: ResourceListSearch = {}) => linkOptions({ to: '/resources', search }),
  resource: (name: string) => linkOptions({ to: '/resources/$name', params: { name } }),
  executors: () => linkOptions({ to: '/executors' }),
  executor: (id: string) => linkOptions({ to: '/executors/$id', params: { id } }),
  actions: () => linkOptions({ to: '/actions' }),
  action: (type: string) => linkOptions({ to: '/actions/$type', params: { type } }),
  functions: () => linkOptions({ to: '/actions/functions' }),
  function: (name: string) => linkOptions({ to: '/actions/functions/$name', params: { name } }),
  channels: () => linkOptions({ to: '/channels' }),
  deliveries: (search: DeliverySearch = {}) => linkOptions({ to: '/channels/deliveries', search }),
  keys: () => linkOptions({ to: '/settings/keys' }),
  configuration: () => linkOptions({ to: '/settings/configuration' }),
  maintenance: () => linkOptions({ to: '/settings/maintenance' }),
  settings: () => linkOptions({ to: '/settings' }),
  users: () => linkOptions({ to: '/users' }),
  tokens: () => linkOptions({ to: '/tokens' }),
  audit: (search: AuditSearch = {}) => linkOptions({ to: '/audit', search }),
  password: () => linkOptions({ to: '/password' }),
} as const
