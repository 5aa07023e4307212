import { parseDuration } from '@stint/schema/duration'
import { CliError, exitCodes, usageError } from '../exit.ts'
import { document } from '../server/document.ts'
import { ask } from '../terminal/prompt.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { TaskFilter } from './documents.ts'
import { findTaskId } from './id.ts'
import { filterOf } from './list.ts'

interface DeleteOptions {
  readonly result?: readonly string[]
  readonly mine?: boolean
  readonly template?: string
  readonly text?: string
  readonly older?: string
  readonly all?: boolean
  readonly reason?: string
  readonly dryRun?: boolean
  readonly yes?: boolean
}

interface Which {
  readonly ids: readonly string[] | null
  readonly filter: TaskFilter
  readonly endedBefore: string | null
}

/** A task that was named, and stays. */
interface Kept {
  readonly uuid: string
  readonly message: string
}

const countDocument = document<
  { deletableTasks: { readonly count: number; readonly isCapped: boolean } },
  Which
>(
  `query CliDeletableTasks($ids: [ID!], $filter: TaskFilter, $endedBefore: DateTime) {
    deletableTasks(ids: $ids, filter: $filter, endedBefore: $endedBefore) { count isCapped }
  }`,
)

const deleteDocument = document<
  { deleteTasks: { readonly deleted: number; readonly next: string | null; readonly kept: readonly Kept[] } },
  { input: Which & { reason: string; after: string | null } }
>(
  `mutation CliDeleteTasks($input: DeleteTasksInput!) {
    deleteTasks(input: $input) { deleted next kept { uuid message } }
  }`,
)

function endedBefore(older: string | undefined, nowMs: number): string | null {
  if (older === undefined) return null
  const ms = parseDuration(older)
  if (ms === undefined) throw usageError(`${JSON.stringify(older)} is no duration.`, '--older 30d')
  return new Date(nowMs - ms).toISOString()
}

function whichOf(ids: readonly string[], options: DeleteOptions, nowMs: number): Which {
  const { result, mine, template, text, older, all } = options
  const isNarrowed =
    ids.length > 0 || [result, mine, template, text, older].some((each) => each !== undefined)
  if (!isNarrowed && !all) throw usageError('Say which tasks, or --all for all that are over.', '--older 30d')
  return {
    ids: ids.length > 0 ? ids : null,
    filter: filterOf(options),
    endedBefore: endedBefore(older, nowMs),
  }
}

/** Counts first, asks, then deletes. */
export async function deleteTasks(
  terminal: Terminal,
  named: readonly string[],
  options: DeleteOptions,
): Promise<number> {
  const ids = await Promise.all(named.map((text) => findTaskId(terminal.connection, text)))
  const which = whichOf(ids, options, terminal.nowMs)
  const { count, isCapped } = (await terminal.connection.query(countDocument, which)).deletableTasks
  const many = `${isCapped ? 'More than ' : ''}${count} ${count === 1 ? 'task that is' : 'tasks that are'} over`
  // What was named and stays is told with why, so it is asked for even when nothing fits.
  if (options.dryRun || (count === 0 && ids.length === 0)) {
    if (terminal.isJson) terminal.printJson({ count, isCapped })
    else terminal.print(count === 0 ? 'No task fits.' : `${many}; nothing was deleted.`)
    return 0
  }
  const { reason } = options
  if (!reason) throw usageError('A reason is needed: it stands on the audit record.', '-m "why"')
  if (!options.yes && count > 0) {
    terminal.note(`${many}, with their children, logs and deliveries. Nothing brings them back.`)
    const answer = await ask(
      'Type yes to delete them',
      'Say --yes when you have counted them with --dry-run.',
    )
    if (answer !== 'yes') throw new CliError('Nothing was deleted.')
  }
  const { deleted, kept } = await deleteAll(terminal, which, reason)
  if (terminal.isJson) terminal.printJson(ids.length > 0 ? { deleted, kept } : { deleted })
  else terminal.print(`Deleted ${deleted} ${deleted === 1 ? 'task' : 'tasks'}, their children counted.`)
  for (const { uuid, message } of kept) terminal.note(`${uuid} stays: ${message}`)
  return kept.length > 0 ? exitCodes.error : exitCodes.success
}

/** In requests of which none takes long. */
async function deleteAll(terminal: Terminal, which: Which, reason: string) {
  let deleted = 0
  const kept: Kept[] = []
  let after: string | null = null
  do {
    const input: Which & { reason: string; after: string | null } = { ...which, reason, after }
    const answer = (await terminal.connection.query(deleteDocument, { input })).deleteTasks
    deleted += answer.deleted
    kept.push(...answer.kept)
    after = answer.next
  } while (after !== null)
  return { deleted, kept }
}
