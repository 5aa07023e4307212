import { limits } from '@stint/schema/limits'
import { Problem } from '../../base/problem.ts'

/** Letters, digits and punctuation of any script, but nothing that separates words or names in lists and headers. */
const pattern = /^[^\s\p{C},;:"'<>]+$/u

/** Names of the program itself. */
const reserved = ['system']

/** Names are kept in lower case: resolvers and watchers of tasks compare them letter by letter. */
export function normalName(name: string): string {
  return name.trim().normalize('NFC').toLowerCase()
}

/** Can somebody be called so? Asked of the normal form. */
export function isUserName(name: string): boolean {
  return name.length <= limits.userNameLengthMax && pattern.test(name) && !reserved.includes(name)
}

/** The normal form; throws `invalid-input` for a name nobody can have. */
export function userName(name: string): string {
  const normal = normalName(name)
  if (isUserName(normal)) return normal
  const message = `A name has 1 to ${limits.userNameLengthMax} characters, without spaces, commas, colons or quotes.`
  throw new Problem('invalid-input', message, { details: { fields: [{ name: 'name', message }] } })
}

/** Sorted, each once; throws `invalid-input` for a group nobody can be in. Groups keep their letters as written. */
export function groupNames(groups: readonly string[]): string[] {
  const names = [...new Set(groups.map((group) => group.trim()))].sort()
  const bad = names.find((name) => name.length > limits.userNameLengthMax || !pattern.test(name))
  if (bad === undefined) return names
  const message = `${JSON.stringify(bad)} cannot be the name of a group.`
  throw new Problem('invalid-input', message, { details: { fields: [{ name: 'groups', message }] } })
}
