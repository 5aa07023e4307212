import { outcomeCode } from '../exit.ts'
import { pages } from '../server/pages.ts'
import type { Column } from '../terminal/table.ts'
import { countOption, paintState, type Terminal } from '../terminal/terminal.ts'
import { agoText, enumOf, spanText, wordOf } from '../terminal/text.ts'
import { type TaskFilter, type TaskLine, tasksDocument } from './documents.ts'
import { shortId } from './id.ts'

interface ListOptions {
  readonly state?: readonly string[]
  readonly result?: readonly string[]
  readonly mine?: boolean
  readonly template?: string
  readonly text?: string
  readonly limit: string
}

/** One word for where a task stands: its result once it has one. */
export function standing({ state, result }: Pick<TaskLine, 'state' | 'result'>): string {
  return wordOf(state === 'STOPPED' ? result : state)
}

/** `paused (step failed)`: the reason beside the word, in words. */
export function standingText(task: Pick<TaskLine, 'state' | 'result' | 'reason'>): string {
  const reason = task.reason === null ? '' : wordOf(task.reason).replaceAll('-', ' ')
  return reason === '' || reason === standing(task) ? standing(task) : `${standing(task)} (${reason})`
}

export function tookText(
  { startedAt, endedAt }: Pick<TaskLine, 'startedAt' | 'endedAt'>,
  nowMs: number,
): string {
  if (startedAt === null) return ''
  return spanText((endedAt === null ? nowMs : Date.parse(endedAt)) - Date.parse(startedAt))
}

function columns(nowMs: number): Column<TaskLine>[] {
  return [
    { title: 'ID', value: ({ uuid }) => shortId(uuid) },
    {
      title: 'STATE',
      value: standingText,
      paint: (text, task) => paintState(standing(task), text),
      minWidth: 9,
    },
    { title: 'TITLE', value: ({ title }) => title, minWidth: 12 },
    { title: 'LABEL', value: ({ label }) => label, minWidth: 8 },
    { title: 'OWNER', value: ({ owner }) => owner, minWidth: 6 },
    { title: 'CREATED', value: ({ createdAt }) => agoText(createdAt, nowMs) },
    { title: 'TOOK', value: (task) => tookText(task, nowMs), align: 'right' },
  ]
}

export function filterOf({ state, result, mine, template, text }: Omit<ListOptions, 'limit'>): TaskFilter {
  return { states: state?.map(enumOf), results: result?.map(enumOf), mine, templateName: template, text }
}

export async function listTasks(terminal: Terminal, options: ListOptions) {
  const limit = countOption('--limit', 1, 10_000)(options.limit)
  const filter = filterOf(options)
  const page = async (after: string | null) =>
    (await terminal.connection.query(tasksDocument, { filter, first: Math.min(limit, 100), after })).tasks
  const tasks: TaskLine[] = []
  for await (const task of pages(page, limit)) tasks.push(task)
  if (terminal.isJson) terminal.printJson(tasks)
  else terminal.printTable(tasks, columns(terminal.nowMs), 'No task fits.')
  return undefined
}

/** What a command about a task prints at its end: the task, in a line or as JSON. */
export function printTask(terminal: Terminal, task: TaskLine): number {
  if (terminal.isJson) terminal.printJson(task)
  else {
    terminal.print(
      `${task.uuid}  ${paintState(standing(task), standingText(task))}  ${task.title.replace(/\p{Cc}/gu, ' ')}`,
    )
  }
  return outcomeCode(task)
}
