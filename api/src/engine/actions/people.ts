import { parseJson } from '../../base/exact-json.ts'
import { ActionError } from '../action.ts'
import { type Configuration, textOf, textsOf } from './configuration.ts'

/** The names of people that a step gives to the tasks it starts, in µTask's four fields. */
export interface NamedPeople {
  readonly resolvers: readonly string[]
  readonly resolverGroups: readonly string[]
  readonly watchers: readonly string[]
  readonly watcherGroups: readonly string[]
}

/** A list, or a text that holds one as JSON: templates produce text only. Empty text is an empty list. */
export function namesOf(configuration: Configuration, name: string): string[] {
  if (Array.isArray(configuration[name])) return textsOf(configuration, name).filter((each) => each !== '')
  const text = textOf(configuration, name)
  if (text === undefined) return []
  const list = jsonOf(text, name)
  if (Array.isArray(list) && list.every((each) => typeof each === 'string')) return list
  throw new ActionError('client', `${name} must be a JSON array of names, such as ["ann"], not ${text}.`)
}

export function peopleOf(configuration: Configuration): NamedPeople {
  return {
    resolvers: namesOf(configuration, 'resolver_usernames'),
    resolverGroups: namesOf(configuration, 'resolver_groups'),
    watchers: namesOf(configuration, 'watcher_usernames'),
    watcherGroups: namesOf(configuration, 'watcher_groups'),
  }
}

/** Text as the JSON it must be; another try would render the same. */
export function jsonOf(text: string, name: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    throw new ActionError('client', `${name} is not JSON: ${(error as Error).message}`)
  }
}

/** The schema of such a field. */
export const namesProperty = (who: string) => ({
  type: ['array', 'string'],
  items: { type: 'string' },
  description: `${who}: a list, or a text that holds one as a JSON array.`,
  examples: [['ann'], '["ann"]'],
})

/** Schemas of the four fields. */
export const peopleProperties = {
  resolver_usernames: namesProperty('Who may resolve it, besides those whom its template names'),
  resolver_groups: namesProperty('Groups that may resolve it'),
  watcher_usernames: namesProperty('Who else sees it'),
  watcher_groups: namesProperty('Groups that see it'),
} as const
