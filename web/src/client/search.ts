import { type TaskResult, type TaskState, taskResults, taskStates } from '@stint/schema/words'

/** What the address of a list or page may carry; unknown words are dropped, so that an old link still opens. */
export type RawSearch = Record<string, unknown>

/** The list of tasks, as its address says it. Absent means "all". */
export interface TaskListSearch {
  readonly state?: readonly TaskState[]
  readonly result?: readonly TaskResult[]
  readonly template?: string
  readonly text?: string
  readonly mine?: boolean
  readonly after?: string
  readonly before?: string
}

export const taskTabs = [
  'steps',
  'timeline',
  'graph',
  'errors',
  'locks',
  'children',
  'activity',
  'dependencies',
  'inputs',
  'raw',
  'console',
] as const
export type TaskTab = (typeof taskTabs)[number]

/** One task: the open tab and the chosen step. Absent tab: the one that matters now. */
export interface TaskPageSearch {
  readonly tab?: TaskTab
  readonly step?: number
}

export const templateTabs = ['overview', 'text', 'dry-run', 'tasks'] as const
export type TemplateTab = (typeof templateTabs)[number]

/** One template. Absent version: the newest. */
export interface TemplatePageSearch {
  readonly tab?: TemplateTab
  readonly version?: number
}

export const attentionKinds = ['approval', 'input', 'review', 'paused'] as const
export type AttentionKind = (typeof attentionKinds)[number]

/** What needs attention. Absent kind: all. */
export interface AttentionSearch {
  readonly kind?: AttentionKind
}

export const deliveryStates = ['waiting', 'delivered', 'failed'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** The log of deliveries. Absent means all. */
export interface DeliverySearch {
  readonly channel?: string
  readonly state?: readonly DeliveryState[]
}

export const auditKinds = [
  'task',
  'template',
  'setting',
  'user',
  'api_token',
  'channel',
  'executor',
  'key',
  'maintenance',
] as const
export type AuditKind = (typeof auditKinds)[number]

/** The audit record. Absent kind: all of it. */
export interface AuditSearch {
  readonly kind?: AuditKind
}

/** The list of resources. */
export interface ResourceListSearch {
  readonly text?: string
  /** Only those that are held or waited for. */
  readonly busy?: boolean
}

const words = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string' && value !== '' ? value.split(',') : []
}

function known<Word extends string>(value: unknown, list: readonly Word[]): readonly Word[] | undefined {
  const asked = new Set(words(value))
  const found = list.filter((word) => asked.has(word))
  return found.length > 0 ? found : undefined
}

const one = <Word extends string>(value: unknown, list: readonly Word[]): Word | undefined =>
  list.find((word) => word === value)

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined

const yes = (value: unknown): true | undefined =>
  value === true || value === 'true' || value === '1' ? true : undefined

const wholeNumber = (value: unknown): number | undefined => {
  const number = Number(value)
  return value !== '' && Number.isInteger(number) && number >= 0 ? number : undefined
}

export const readTaskListSearch = (raw: RawSearch): TaskListSearch => ({
  state: known(raw.state, taskStates),
  result: known(raw.result, taskResults),
  template: text(raw.template),
  text: text(raw.text),
  mine: yes(raw.mine),
  after: text(raw.after),
  before: text(raw.before),
})

export const readTaskPageSearch = (raw: RawSearch): TaskPageSearch => ({
  tab: one(raw.tab, taskTabs),
  step: wholeNumber(raw.step),
})

export const readTemplatePageSearch = (raw: RawSearch): TemplatePageSearch => ({
  tab: one(raw.tab, templateTabs),
  version: wholeNumber(raw.version),
})

export const readAttentionSearch = (raw: RawSearch): AttentionSearch => ({
  kind: one(raw.kind, attentionKinds),
})

export const readDeliverySearch = (raw: RawSearch): DeliverySearch => ({
  channel: text(raw.channel),
  state: known(raw.state, deliveryStates),
})

export const readResourceListSearch = (raw: RawSearch): ResourceListSearch => ({
  text: text(raw.text),
  busy: yes(raw.busy),
})

export const readAuditSearch = (raw: RawSearch): AuditSearch => ({ kind: one(raw.kind, auditKinds) })

export const readSignInSearch = (raw: RawSearch): { code?: string; next?: string } => ({
  code: text(raw.code),
  // Only a path of our own: an address elsewhere would make us the stage of somebody's trick.
  next: typeof raw.next === 'string' && /^\/(?![/\\])/.test(raw.next) ? raw.next : undefined,
})

/** `?state=running,paused&mine=true` as a record of texts. */
export function parseSearch(query: string): RawSearch {
  return Object.fromEntries(new URLSearchParams(query))
}

/** The reverse: lists joined by commas, absent values left out. */
export function printSearch(search: RawSearch): string {
  const parts: string[] = []
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null || value === '') continue
    const printed = Array.isArray(value) ? value.join(',') : String(value)
    parts.push(`${encodeURIComponent(name)}=${encodeURIComponent(printed).replaceAll('%2C', ',')}`)
  }
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}
