import { counted } from '@stint/schema/counted'
import { isItemName } from '../../../domains/configuration/model.ts'
import { itemValue } from '../../../domains/configuration/parse.ts'
import { objectOfItem, type StoredItem } from './configstore.ts'
import { KeyJournal } from './journal.ts'
import { addUser, type Plan } from './plan.ts'
import { convertMain, convertUrl, type MainConfiguration, texts } from './utask-cfg.ts'
import { rewriteOldWords } from './yaml-words.ts'

/** Items that µTask itself reads; the others are for templates and plug-ins. */
const ownItems: Readonly<Record<string, string | undefined>> = {
  database: 'Stint has its own database (DATABASE_URL, or the embedded one); tasks of µTask stay there.',
  'encryption-key': 'Stint makes its own key ring; nothing of µTask’s database is read.',
}

const nothing: MainConfiguration = { adminGroups: [], concealed: [] }

/** All items of the store. `wanted` are those that templates and functions read. */
export function convertConfiguration(
  plan: Plan,
  items: ReadonlyMap<string, StoredItem>,
  wanted: ReadonlyMap<string, string>,
): void {
  const { journal } = plan
  const objectOf = (name: string) => {
    const item = items.get(name)
    const fields = item && objectOfItem(item, journal)
    return item && fields && { item, fields }
  }
  const credentials = objectOf('notify-webhook-credentials')
  const main = objectOf('utask-cfg')
  const read = main ? convertMain(plan, main.item, main.fields, credentials?.fields) : nothing
  if (credentials)
    journal.note(credentials.item.file, 'converted', 'Goes into the channels that name it.', {
      key: credentials.item.name,
    })
  const basic = objectOf('basic-auth')
  if (basic) convertBasicAuth(plan, basic.item, basic.fields)
  else convertHeader(plan)
  const groups = objectOf('groups-auth')
  convertGroups(plan, groups?.item, groups?.fields ?? {}, read.adminGroups)
  const callbacks = objectOf('callback-config')
  if (callbacks) convertCallbacks(plan, callbacks.item, callbacks.fields)
  const done = new Set([
    'utask-cfg',
    'basic-auth',
    'groups-auth',
    'callback-config',
    'notify-webhook-credentials',
  ])
  const allowed: string[] = []
  for (const item of items.values()) {
    if (done.has(item.name)) continue
    const why = ownItems[item.name]
    if (why === undefined) convertItem(plan, item, wanted, read.concealed, allowed)
    else journal.note(item.file, 'ignored', why, { key: item.name })
  }
  if (allowed.length > 0) plan.settings.set('configuration_allow', allowed.sort())
  for (const [name, reader] of wanted) {
    if (items.has(name) && !done.has(name) && ownItems[name] === undefined) continue
    const why = items.has(name) ? 'which holds what µTask itself needs' : 'which is in none of the sources'
    journal.note(reader, 'person', `It reads the configuration item "${name}", ${why}.`, { key: name })
  }
}

function convertItem(
  plan: Plan,
  item: StoredItem,
  wanted: ReadonlyMap<string, string>,
  concealed: readonly string[],
  allowed: string[],
): void {
  const { journal } = plan
  const say = (verdict: 'kept' | 'converted' | 'person', message: string) =>
    journal.note(item.file, verdict, message, { key: item.name })
  if (!isItemName(item.name))
    return say('person', 'A configuration item needs a name of letters, digits and dashes.')
  plan.files.push({
    folder: 'configuration',
    name: item.name,
    content: Buffer.from(modernItem(item, say)),
    isSecret: true,
  })
  const isConcealed = concealed.some((name) => name.toLowerCase().replaceAll('_', '-') === item.name)
  if (isConcealed) return say('kept', 'Concealed from templates, as before.')
  if (!wanted.has(item.name))
    return say(
      'converted',
      'No template reads it, so none may: the setting configuration_allow would let them.',
    )
  allowed.push(item.name)
  say('kept', 'Templates that read it may (setting configuration_allow).')
}

/** What has keys or is a list may hold words of YAML 1.1, too; a text that is one word is that word. */
function modernItem({ text }: StoredItem, say: (verdict: 'converted', message: string) => void): string {
  if (!isStructure(text)) return text
  const { text: modern, words } = rewriteOldWords(text)
  if (words.length > 0) say('converted', `${words.length} words of YAML 1.1 now say what µTask reads.`)
  return modern
}

function isStructure(text: string): boolean {
  try {
    return typeof itemValue(text, 'structured') === 'object'
  } catch {
    return false
  }
}

function convertBasicAuth(
  plan: Plan,
  { file, name }: StoredItem,
  fields: Readonly<Record<string, unknown>>,
): void {
  const users = Object.entries(fields)
  for (const [user, password] of users) {
    if (typeof password === 'string') addUser(plan, user, { password })
  }
  plan.journal.note(
    file,
    'converted',
    `${counted(users.length, 'user')} with their passwords: changed at the first sign-in, unless --keep-passwords is given.`,
    { key: name },
  )
}

/** Without basic-auth µTask believes the header x-remote-user of whoever asks. */
function convertHeader(plan: Plan): void {
  plan.settings.set('remote_user_role', 'resolver')
  plan.journal.note(
    'utask-cfg',
    'person',
    'µTask believes x-remote-user from anybody; here name your proxy in STINT_TRUSTED_PROXIES. Whoever comes through it gets the role resolver (setting remote_user_role).',
    { key: 'authentication' },
  )
}

function convertGroups(
  plan: Plan,
  item: StoredItem | undefined,
  fields: Readonly<Record<string, unknown>>,
  adminGroups: readonly string[],
): void {
  for (const [group, members] of Object.entries(fields)) {
    for (const member of texts(members))
      addUser(plan, member, { groups: [group], isAdmin: adminGroups.includes(group) })
  }
  if (item)
    plan.journal.note(item.file, 'converted', `Members of ${counted(Object.keys(fields).length, 'group')}.`, {
      key: item.name,
    })
  const unknown = adminGroups.filter((group) => !Object.hasOwn(fields, group))
  if (unknown.length === 0) return
  const message = `Nobody says who is in ${unknown.join(', ')}: give those people the role admin yourself.`
  plan.journal.note(item?.file ?? 'utask-cfg', 'person', message, { key: 'utask-cfg.admin_groups' })
}

function convertCallbacks(plan: Plan, item: StoredItem, fields: Readonly<Record<string, unknown>>): void {
  const told = new KeyJournal(plan.journal, item.file, item.name)
  for (const [key, value] of Object.entries(fields)) {
    if (key === 'base_url') convertUrl(value, key, plan, told)
    else
      told.note(
        key,
        'ignored',
        'Callbacks have addresses of their own under STINT_PUBLIC_URL; those that µTask gave out end with it.',
      )
  }
}
