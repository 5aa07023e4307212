import { type Actor, demand } from '../access/model.ts'
import type { ConfigurationItems } from './items.ts'

/** What people are told of an item: never its value. */
export interface ListedItem {
  readonly name: string
  readonly source: string
  /** Templates may read it. */
  readonly allowed: boolean
  readonly updatedAt: Date | undefined
}

/** The items of this process by name. Needs `setting.view`. */
export function listItems(items: ConfigurationItems, actor: Actor | undefined): ListedItem[] {
  demand(actor, 'setting.view')
  return items.all().map(({ name, source, allowed, updatedAt }) => ({ name, source, allowed, updatedAt }))
}
