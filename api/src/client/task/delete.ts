import { parseDuration } from '@stint/schema/duration'
import { CliError, usageError } from '../exit.ts'
import { document } from '../server/document.ts'
import { ask } from '../terminal/prompt.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { TaskFilter } from './documents.ts'
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
  readonly filter: TaskFilter
  readonly endedBefore: string | null
}

const countDocument = document<
  { deletableTasks: { readonly count: number; readonly isCapped: boolean } },
  Which
>(
  `query CliDeletableTasks($filter: TaskFilter, $endedBefore: DateTime) {
    deletableTasks(filter: $filter, endedBefore: $endedBefore) { count isCapped }
  }`,
)

const deleteDocument = document<
  { deleteTasks: { readonly deleted: number; readonly next: string | null } },
  { input: Which & { reason: string; after: string | null } }
>(`mutation CliDeleteTasks($input: DeleteTasksInput!) { deleteTasks(input: $input) { deleted next } }`)

function endedBefore(older: string | undefined, nowMs: number): string | null {
  if (older === undefined) return null
  const ms = parseDuration(older)
  if (ms === undefined) throw usageError(`${JSON.stringify(older)} is no duration.`, '--older 30d')
  return new Date(nowMs - ms).toISOString()
}

function whichOf(options: DeleteOptions, nowMs: number): Which {
  const { result, mine, template, text, older, all } = options
  const isNarrowed = [result, mine, template, text, older].some((each) => each !== undefined)
  if (!isNarrowed && !all) throw usageError('Say which tasks, or --all for all that are over.', '--older 30d')
  return { filter: filterOf(options), endedBefore: endedBefore(older, nowMs) }
}

/** Counts first, asks, then deletes in requests of which none takes long. */
export async function deleteTasks(terminal: Terminal, options: DeleteOptions): Promise<number> {
  const which = whichOf(options, terminal.nowMs)
  const { count, isCapped } = (await terminal.connection.query(countDocument, which)).deletableTasks
  const many = `${isCapped ? 'More than ' : ''}${count} ${count === 1 ? 'task that is' : 'tasks that are'} over`
  if (options.dryRun || count === 0) {
    if (terminal.isJson) terminal.printJson({ count, isCapped })
    else terminal.print(count === 0 ? 'No task fits.' : `${many}; nothing was deleted.`)
    return 0
  }
  const { reason } = options
  if (!reason) throw usageError('A reason is needed: it stands on the audit record.', '-m "why"')
  if (!options.yes) {
    terminal.note(`${many}, with their children, logs and deliveries. Nothing brings them back.`)
    const answer = await ask(
      'Type yes to delete them',
      'Say --yes when you have counted them with --dry-run.',
    )
    if (answer !== 'yes') throw new CliError('Nothing was deleted.')
  }
  let deleted = 0
  let after: string | null = null
  do {
    const input: Which & { reason: string; after: string | null } = { ...which, reason, after }
    const answer = (await terminal.connection.query(deleteDocument, { input })).deleteTasks
    deleted += answer.deleted
    after = answer.next
  } while (after !== null)
  if (terminal.isJson) terminal.printJson({ deleted })
  else terminal.print(`Deleted ${deleted} ${deleted === 1 ? 'task' : 'tasks'}, their children counted.`)
  return 0
}
