import { CliError, usageError } from '../exit.ts'
import { nearName } from '../near-name.ts'
import type { Connection } from '../server/connection.ts'
import { pages } from '../server/pages.ts'
import { type StepLine, stepsDocument, tasksDocument } from './documents.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const part = /^[0-9a-f-]{4,35}$/i

/** Among so many of the newest tasks a shortened id is looked for. */
const searched = 500

/** How a table shows an id: its end, because ids made within a minute begin alike. */
export function shortId(id: string): string {
  return id.slice(-8)
}

/**
 * The full id of what somebody wrote: a UUID, its beginning or end (at least four characters, unique among the newest 500
 * tasks), `last` for the newest task of one's own, or the opaque id of the API.
 */
export async function findTaskId(connection: Connection, text: string): Promise<string> {
  if (uuid.test(text)) return text.toLowerCase()
  if (text === 'last') return newestOwn(connection)
  if (!part.test(text)) {
    if (/^[A-Za-z0-9+/=]{40,}$/.test(text)) return text
    throw usageError(
      `${JSON.stringify(text)} is no id of a task.`,
      'Ids stand in "stint task list"; their end is enough.',
    )
  }
  const wanted = text.toLowerCase()
  const found: string[] = []
  const page = (after: string | null) => connection.query(tasksDocument, { filter: {}, first: 100, after })
  for await (const { uuid: id } of pages(async (after) => (await page(after)).tasks, searched)) {
    if (id.startsWith(wanted) || id.endsWith(wanted)) found.push(id)
  }
  if (found.length === 1) return found[0] as string
  if (found.length === 0) {
    throw new CliError(`None of the newest ${searched} tasks has an id with ${text}.`, {
      hint: 'Write the whole id.',
    })
  }
  throw usageError(
    `${text} fits ${found.length} tasks: ${found.slice(0, 5).join(', ')}${found.length > 5 ? ', …' : ''}`,
  )
}

async function newestOwn(connection: Connection): Promise<string> {
  const { tasks } = await connection.query(tasksDocument, { filter: { mine: true }, first: 1, after: null })
  const id = tasks.edges[0]?.node.uuid
  if (id === undefined) throw new CliError('You have started no task yet.', { hint: 'stint run TEMPLATE' })
  return id
}

/** All steps of a task by number; those in `states` only when given. Empty when the task is not there. */
export async function* allSteps(
  connection: Connection,
  id: string,
  states: readonly string[] | null = null,
): AsyncGenerator<StepLine> {
  const page = async (after: string | null) => {
    const { task } = await connection.query(stepsDocument, { id, after, states })
    if (task === null) throw notFound(id)
    return task.steps
  }
  yield* pages(page, Number.POSITIVE_INFINITY)
}

export function notFound(id: string): CliError {
  return new CliError(`There is no task ${id}, or you may not see it.`, { code: 'not-found' })
}

/** A step by its name or number. */
export async function findStep(connection: Connection, id: string, text: string): Promise<StepLine> {
  const names: string[] = []
  for await (const step of allSteps(connection, id)) {
    if (step.name === text || String(step.no) === text) return step
    names.push(step.name)
  }
  throw usageError(
    `The task has no step ${JSON.stringify(text)}${nearName(text, names)}`,
    `Its steps: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`,
  )
}
