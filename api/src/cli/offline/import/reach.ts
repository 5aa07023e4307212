import { setTimeout as pause } from 'node:timers/promises'
import type { Template } from '@stint/schema/template-types'
import { addressKind, addressKindWords, parseAddress } from '../../../base/outbound-address.ts'
import { type Resolve, systemResolve } from '../../../base/outbound-connect.ts'
import { itemValue } from '../../../domains/configuration/parse.ts'
import type { StoredItem } from './configstore.ts'
import type { Plan } from './plan.ts'

/*
 * The difference that surprises most: actions and channels reach public addresses only, others by the setting outbound_allow.
 * So an import looks where its texts lead: to the hosts that they write down, or that the configuration they read does.
 */

const reachingOut = new Set(['http', 'ssh', 'email', 'ping'])
/** Keys whose text is a host, whatever it looks like. */
const hostKeys = new Set(['host', 'target', 'hops', 'hostname', 'smtp_hostname'])
/** What is handed on to others is nowhere that we go. */
const handedOn = new Set(['body', 'html', 'message', 'subject', 'script', 'stdin', 'schema'])
const lookUpMs = 3000

/** Remembers where the actions of a template may lead. */
export function noteReach(plan: Plan, file: string, template: Template): void {
  const called = Object.values(template.functions ?? {})
  const actions = [...template.steps, ...called].flatMap(({ action, preHook }) =>
    preHook === undefined ? [action] : [action, preHook],
  )
  const types = actions.map(({ type }) => type).filter((type) => reachingOut.has(type))
  if (types.length === 0) return
  for (const type of types) plan.reach.types.add(type)
  const values = [
    actions.map(({ configuration }) => configuration),
    template.baseConfigurations,
    template.variables.map(({ value }) => value),
    template.inputs.map((input) => [input.default, input.legalValues]),
  ]
  for (const [key, text] of textsIn(values)) notePlace(plan, file, key, text)
}

/** An address that is written down, as a channel has it. */
export function notePlace(plan: Plan, file: string, key: string, text: string): void {
  if (hostKeys.has(key) || /:\/\/|\.config\./.test(text))
    plan.reach.places.push({ file, isHost: hostKeys.has(key), text })
}

function* textsIn(value: unknown, key = ''): Generator<[key: string, text: string]> {
  if (typeof value === 'string') yield [key, value]
  else if (Array.isArray(value)) for (const each of value) yield* textsIn(each, key)
  else if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value)) if (!handedOn.has(name)) yield* textsIn(each, name)
}

/** Tells where it leads; with `allow`, what is not public goes into the setting. */
export async function tellReach(
  plan: Plan,
  items: ReadonlyMap<string, StoredItem>,
  allow: boolean,
  resolve: Resolve = systemResolve,
): Promise<void> {
  const { journal, reach } = plan
  const hosts = new Map<string, string>()
  let isOpen = false
  for (const { file, isHost, text } of reach.places) {
    const whole = withItems(text, items)
    const found = isHost ? [whole] : (whole.match(/[a-z]+:\/\/[^\s"'<>]*/gi) ?? [])
    for (const each of found) {
      const host = hostOf(each)
      if (host === undefined) isOpen = true
      else if (!hosts.has(host)) hosts.set(host, file)
    }
  }
  const kinds = await Promise.all([...hosts.keys()].map((host) => kindOf(host, resolve)))
  const inner: string[] = []
  for (const [index, [host, file]] of [...hosts].entries()) {
    const kind = kinds[index]
    if (kind === undefined) isOpen = true
    if (kind === undefined || kind === 'public') continue
    inner.push(host)
    const place = `${host} is ${addressKindWords[kind]}`
    if (allow)
      journal.note(file, 'converted', `${place}: allowed in the setting outbound_allow.`, {
        key: 'outbound_allow',
      })
    else
      journal.note(
        file,
        'person',
        `${place}: add it to the setting outbound_allow, or import with --allow-private.`,
        {
          key: 'outbound_allow',
        },
      )
  }
  if (allow && inner.length > 0) plan.settings.set('outbound_allow', inner)
  tellActions(plan, isOpen)
}

function tellActions({ journal, reach: { types } }: Plan, isOpen: boolean): void {
  if (types.size > 0 && isOpen) {
    const message = `The actions ${[...types].join(', ')} go to public addresses only, and some hosts are known only when a task runs: list your own hosts and networks in the setting outbound_allow.`
    journal.note('templates', 'person', message, { key: 'outbound_allow' })
  }
  if (types.has('ssh')) {
    const message =
      'ssh believes only host keys that it knows: put them into known_hosts in the data directory.'
    journal.note('templates', 'person', message, { key: 'known_hosts' })
  }
}

/** Handles of the configuration say what the store says; other handles stay. */
function withItems(text: string, items: ReadonlyMap<string, StoredItem>): string {
  return text.replace(
    /\{\{-?\s*\.config\.(\w+)((?:\.\w+)*)\s*-?\}\}/g,
    (handle, name: string, rest: string) => {
      const item = items.get(name.toLowerCase().replaceAll('_', '-'))
      let value: unknown = item && contentOf(item)
      for (const key of rest.split('.').filter((each) => each !== ''))
        value =
          typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
      return typeof value === 'string' ? value.trim() : handle
    },
  )
}

function contentOf({ text }: StoredItem): unknown {
  try {
    return itemValue(text, 'structured')
  } catch {
    return text
  }
}

/** Without scheme, user, port and path; undefined when only a run knows it. */
function hostOf(text: string): string | undefined {
  const authority = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/^[^/@{]*@/, '')
  const bracketed = /^\[([^\]]+)\]/.exec(authority)?.[1]
  const host =
    bracketed ?? (parseAddress(authority) === undefined ? authority.split(/[/:?#\\]/)[0] : authority)
  return host === undefined || host === '' || host.includes('{{') ? undefined : host.toLowerCase()
}

/** Of a name, what it leads to from here; undefined when nobody knows the name. */
async function kindOf(host: string, resolve: Resolve) {
  const literal = parseAddress(host)
  if (literal !== undefined) return addressKind(literal)
  const late = pause(lookUpMs, [] as string[], { ref: false })
  const found = await Promise.race([resolve(host).catch(() => []), late])
  const kinds = found.flatMap((text) => {
    const address = parseAddress(text)
    return address === undefined ? [] : [addressKind(address)]
  })
  return kinds.find((kind) => kind !== 'public') ?? kinds[0]
}
