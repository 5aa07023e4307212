import { document } from '../server/document.ts'
import type { Column } from '../terminal/table.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { agoText, coloured, safeText } from '../terminal/text.ts'
import type { TaskLine } from './documents.ts'
import { findStep, findTaskId, notFound } from './id.ts'
import { standing, tookText } from './list.ts'
import { jsonText, paintStep, showTask } from './show.ts'

interface AttemptLine {
  readonly no: number
  readonly tryNo: number
  readonly state: string
  readonly startedAt: string
  readonly endedAt: string
  readonly errorSummary: string | null
}

interface Chunk {
  readonly seq: number
  readonly stream: string
  readonly text: string
}

interface StepDetail {
  readonly no: number
  readonly name: string
  readonly action: string
  readonly description: string
  readonly dependencies: readonly string[]
  readonly state: string
  readonly tryCount: number
  readonly maxRetries: number
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly dueAt: string | null
  readonly item: unknown
  readonly output: unknown
  readonly metadata: unknown
  readonly error: { readonly message: string; readonly kind: string; readonly detail: string | null } | null
  readonly itemStates: readonly { readonly state: string; readonly count: number }[]
  readonly childTasks: readonly Pick<TaskLine, 'uuid' | 'title' | 'state' | 'result'>[]
  readonly attempts: readonly AttemptLine[]
}

const stepDocument = document<
  { task: { readonly title: string; readonly step: StepDetail | null } | null },
  { id: string; no: number }
>(`
  query CliStep($id: ID!, $no: Int!) {
    task(id: $id) {
      title
      step(no: $no) {
        no name action description dependencies state tryCount maxRetries startedAt endedAt dueAt item output metadata
        error { message kind detail }
        itemStates { state count }
        childTasks { uuid title state result }
        attempts { no tryNo state startedAt endedAt errorSummary }
      }
    }
  }`)

const logPage = 500

const logDocument = document<
  { task: { readonly step: { readonly log: readonly Chunk[] } | null } | null },
  { id: string; no: number; after: number }
>(`
  query CliStepLog($id: ID!, $no: Int!, $after: Int!) {
    task(id: $id) { step(no: $no) { log(after: $after, first: ${logPage}) { seq stream text } } }
  }`)

/** What the newest attempt of a step wrote. */
async function* logOf({ connection }: Terminal, id: string, no: number): AsyncGenerator<Chunk> {
  for (let after = 0; ; ) {
    const { task } = await connection.query(logDocument, { id, no, after })
    const chunks = task?.step?.log ?? []
    yield* chunks
    after = chunks.at(-1)?.seq ?? after
    if (chunks.length < logPage) return
  }
}

function triesText({ tryCount, maxRetries }: StepDetail): string {
  if (maxRetries === 0) return String(tryCount)
  return maxRetries < 0 ? `${tryCount}, without end` : `${tryCount} of ${maxRetries + 1}`
}

function factsOf(step: StepDetail, taskId: string, { nowMs }: Terminal): [string, string | undefined][] {
  const when = (at: string | null) => (at === null ? undefined : `${at} (${agoText(at, nowMs)})`)
  return [
    ['Step', `${step.no} of ${taskId}`],
    ['Action', step.action],
    ['Description', step.description || undefined],
    ['After', step.dependencies.join(', ') || undefined],
    ['Tries', triesText(step)],
    ['Started', when(step.startedAt)],
    ['Ended', when(step.endedAt)],
    ['Took', tookText(step, nowMs) || undefined],
    ['Next', step.dueAt !== null && Date.parse(step.dueAt) > nowMs ? when(step.dueAt) : undefined],
    ['Items', step.itemStates.map(({ state, count }) => `${count} ${state}`).join(', ') || undefined],
    ['Item', step.item === null ? undefined : jsonText(step.item)],
    ['Error', step.error === null ? undefined : `${step.error.message} (${step.error.kind})`],
    ['Detail', step.error?.detail ?? undefined],
    ['Output', jsonText(step.output)],
    ['Metadata', jsonText(step.metadata)],
    ['Sub-tasks', step.childTasks.map((each) => `${each.uuid} ${standing(each)} ${each.title}`).join('\n')],
  ]
}

function attemptColumns(nowMs: number): Column<AttemptLine>[] {
  return [
    { title: 'TRY', value: ({ tryNo }) => String(tryNo), align: 'right' },
    { title: 'STATE', value: ({ state }) => state, paint: (text, { state }) => paintStep(state, text) },
    { title: 'STARTED', value: ({ startedAt }) => startedAt },
    { title: 'TOOK', value: (attempt) => tookText(attempt, nowMs), align: 'right' },
    { title: 'ERROR', value: ({ errorSummary }) => errorSummary ?? '', minWidth: 10 },
  ]
}

/** `stint task show ID`, or with a step all about that: what it answered, its tries, and what it printed. */
export async function showTaskOrStep(terminal: Terminal, text: string, stepText: string | undefined) {
  if (stepText === undefined) return showTask(terminal, text)
  const { connection } = terminal
  const id = await findTaskId(connection, text)
  const { no } = await findStep(connection, id, stepText)
  const { task } = await connection.query(stepDocument, { id, no })
  const step = task?.step
  if (!task || !step) throw notFound(id)
  const log: Chunk[] = []
  for await (const chunk of logOf(terminal, id, no)) log.push(chunk)
  if (terminal.isJson) terminal.printJson({ ...step, log })
  else print(terminal, id, task.title, step, log)
  return undefined
}

function print(terminal: Terminal, id: string, title: string, step: StepDetail, log: readonly Chunk[]): void {
  terminal.print(`${coloured(safeText(step.name), 'bold')}  ${paintStep(step.state)}  ${safeText(title)}`)
  terminal.printFacts(factsOf(step, id, terminal))
  if (step.attempts.length > 1) {
    terminal.print('')
    terminal.printTable(step.attempts, attemptColumns(terminal.nowMs), '')
  }
  if (log.length === 0) return
  terminal.print('')
  terminal.print(safeText(log.map((chunk) => chunk.text).join(''), true).trimEnd())
}
