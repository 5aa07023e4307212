import { isId } from '../base/ids.ts'
import { Problem } from '../base/problem.ts'

/** Types that `node(id:)` finds. */
export type NodeType = 'Task' | 'Template' | 'User'
const nodeTypes: readonly string[] = ['Task', 'Template', 'User'] satisfies NodeType[]

export function globalId(type: string, id: string | number | bigint): string {
  return Buffer.from(`${type}:${id}`).toString('base64')
}

interface GlobalId {
  readonly typename: string
  readonly id: string
}

function read(text: string): GlobalId | undefined {
  const [typename = '', id = ''] = Buffer.from(text, 'base64').toString('utf8').split(':')
  return nodeTypes.includes(typename) && isId(id) ? { typename, id } : undefined
}

/** For `node(id:)`. Throws `invalid-request` for a text that is no id of ours; says nothing about whether it exists. */
export function parseGlobalId(text: string): GlobalId {
  const found = read(text)
  if (found !== undefined) return found
  throw new Problem('invalid-request', 'This is not the id of anything.')
}

/** Both forms are taken wherever a task, template or user is named: the opaque id and the plain UUID. */
export function uuidOf(type: NodeType, text: string): string | undefined {
  const plain = text.toLowerCase()
  if (isId(plain)) return plain
  const found = read(text)
  return found?.typename === type ? found.id : undefined
}

/** Throws `not-found` for what cannot be the id of such a thing. */
export function demandUuid(type: NodeType, text: string): string {
  const id = uuidOf(type, text)
  if (id !== undefined) return id
  throw notFound(type, text)
}

/** The same for what does not exist and for what is not visible. */
export function notFound(type: string, id: string): Problem {
  return new Problem('not-found', `There is no such ${type.toLowerCase()}, or you may not see it.`, {
    details: { type, id },
  })
}
