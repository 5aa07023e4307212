import type { Permission } from '@stint/schema/words'

/** GraphQL's `WAITING_UNTIL` as the word `waiting-until` that URLs, the command line and people use. */
export const wordOf = (name: string): string => name.toLowerCase().replaceAll('_', '-')

/** The word `waiting-until` as GraphQL's `WAITING_UNTIL`. */
export const enumOf = <Name extends string>(word: string): Name =>
  word.toUpperCase().replaceAll('-', '_') as Name

// Permissions keep an underscore inside (`task.view_all`), so only the first one is a dot.
const dotted = (name: string) => name.toLowerCase().replace('_', '.')

/** `TASK_VIEW_ALL` or `task.view_all` as the permission's own name. */
export const permissionOf = (name: string): Permission =>
  (name.includes('.') ? name : dotted(name)) as Permission

/** The permission's own name as GraphQL's enum value. */
export const permissionEnum = <Name extends string>(permission: Permission): Name =>
  permission.toUpperCase().replace('.', '_') as Name

/** `waiting-until` as `Waiting until`. */
export function sentenceCase(word: string): string {
  const spaced = wordOf(word).replaceAll('-', ' ')
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}
