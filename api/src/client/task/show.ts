import type { Outcome } from '../exit.ts'
import { exitCodes, isSettled, outcomeCode } from '../exit.ts'
import { document } from '../server/document.ts'
import type { Column } from '../terminal/table.ts'
import { paintState, type Terminal } from '../terminal/terminal.ts'
import { agoText, type Colour, coloured, safeText, wordOf } from '../terminal/text.ts'
import { adviceOf } from './advice.ts'
import { type StepLine, type TaskDetail, taskDocument, whyDocument } from './documents.ts'
import { allSteps, findTaskId, notFound } from './id.ts'
import { standing, standingText, tookText } from './list.ts'
import { openQuestions, printQuestions } from './questions.ts'

const stepColours: Record<string, Colour> = {
  RUNNING: 'blue',
  WAITING: 'magenta',
  TO_RETRY: 'yellow',
  DONE: 'green',
  SKIPPED: 'yellow',
  CLIENT_ERROR: 'red',
  SERVER_ERROR: 'red',
  FATAL_ERROR: 'red',
  CRASHED: 'red',
  AFTERRUN_ERROR: 'red',
  TODO: 'gray',
  PRUNE: 'gray',
  CANCELLED: 'gray',
}

export function paintStep(state: string, text: string = state): string {
  const colour = stepColours[state]
  return colour === undefined ? text : coloured(text, colour)
}

/** Indented; undefined where there is nothing to show. */
export function jsonText(value: unknown): string | undefined {
  const isEmpty = value === null || value === undefined || JSON.stringify(value) === '{}'
  return isEmpty ? undefined : JSON.stringify(value, undefined, 2)
}

function factsOf(task: TaskDetail, terminal: Terminal): [string, string | undefined][] {
  const { nowMs } = terminal
  const when = (at: string | null) => (at === null ? undefined : `${at} (${agoText(at, nowMs)})`)
  const { template, parent } = task
  return [
    ['Id', task.uuid],
    ['State', standingText(task)],
    ['Why', task.why?.sentence],
    ['Error', task.errorSummary ?? undefined],
    ['Progress', task.state === 'STOPPED' ? undefined : `${Math.floor(task.progress * 100)} %`],
    [
      'Template',
      template === null
        ? `${task.label} (${wordOf(task.kind)})`
        : `${template.name}, version ${template.version}`,
    ],
    ['Owner', task.owner],
    ['Resolvers', task.resolvers.join(', ')],
    ['Watchers', task.watchers.join(', ')],
    ['Tags', task.tags.map(({ name, value }) => `${name}=${value}`).join(', ')],
    ['Parent', parent === null ? undefined : `${parent.uuid} ${parent.title}`],
    [
      'Depends on',
      task.dependsOn.map(({ uuid, state, title }) => `${uuid} ${wordOf(state)} ${title}`).join('\n'),
    ],
    ['Created', when(task.createdAt)],
    ['Start at', when(task.startAt)],
    ['Start before', when(task.startBefore)],
    ['Started', when(task.startedAt)],
    ['Ended', when(task.endedAt)],
    ['Kept until', when(task.keptUntil)],
    ['Kept', task.endedAt === null ? undefined : task.kept],
    ['Took', tookText(task, nowMs)],
    ['Region', task.region ?? undefined],
    ['Input', jsonText(task.input)],
    ['Resolver input', jsonText(task.resolverInput)],
    ['Outcome', jsonText(task.outcome)],
  ]
}

function stepColumns(nowMs: number): Column<StepLine>[] {
  return [
    { title: 'NO', value: ({ no }) => String(no), align: 'right' },
    { title: 'STEP', value: ({ name, parentNo }) => (parentNo === null ? name : `  ${name}`), minWidth: 8 },
    { title: 'STATE', value: ({ state }) => state, paint: (text, { state }) => paintStep(state, text) },
    { title: 'TRIES', value: ({ tryCount }) => (tryCount > 1 ? String(tryCount) : ''), align: 'right' },
    { title: 'TOOK', value: (step) => tookText(step, nowMs), align: 'right' },
    {
      title: 'NEXT',
      value: ({ dueAt, endedAt }) =>
        dueAt === null || (endedAt !== null && dueAt < endedAt) ? '' : agoText(dueAt, nowMs),
    },
    { title: 'ERROR', value: ({ errorSummary }) => errorSummary ?? '', minWidth: 10 },
  ]
}

export async function showTask(terminal: Terminal, text: string) {
  const { connection } = terminal
  const id = await findTaskId(connection, text)
  const { task } = await connection.query(taskDocument, { id })
  if (task === null) throw notFound(id)
  const steps: StepLine[] = []
  for await (const step of allSteps(connection, id)) steps.push(step)
  const waits = steps.some(({ state }) => state === 'WAITING')
  const questions = waits ? await openQuestions(connection, id) : []
  if (terminal.isJson) terminal.printJson({ ...task, steps, questions })
  else {
    terminal.print(`${coloured(safeText(task.title), 'bold')}  ${paintState(standing(task))}`)
    terminal.printFacts(factsOf(task, terminal))
    terminal.print('')
    terminal.printTable(steps, stepColumns(terminal.nowMs), 'It has no steps.')
    printQuestions(terminal, id, questions)
    const stepName = steps.find(({ no }) => no === task.why?.stepNo)?.name
    const advice = questions.length === 0 && task.why ? adviceOf(id, task.why, stepName) : undefined
    if (advice !== undefined) terminal.note(`\n${advice}`)
  }
  return showCode(task)
}

/** Looking at a task that goes on is no failure. */
function showCode(task: Outcome): number {
  return isSettled(task) ? outcomeCode(task) : exitCodes.success
}

export const stepNameDocument = document<
  { task: { readonly step: { readonly name: string } | null } | null },
  { id: string; no: number }
>('query CliStepName($id: ID!, $no: Int!) { task(id: $id) { step(no: $no) { name } } }')

async function stepNameOf({ connection }: Terminal, id: string, no: number): Promise<string | undefined> {
  return (await connection.query(stepNameDocument, { id, no })).task?.step?.name
}

export async function whyTask(terminal: Terminal, text: string) {
  const id = await findTaskId(terminal.connection, text)
  const { task } = await terminal.connection.query(whyDocument, { id })
  if (task === null) throw notFound(id)
  if (terminal.isJson)
    terminal.printJson({ uuid: id, state: wordOf(task.state), result: wordOf(task.result), why: task.why })
  else if (task.why === null) {
    terminal.print(task.state === 'STOPPED' ? `It is over: ${standingText(task)}.` : 'It runs.')
  } else {
    terminal.print(safeText(task.why.sentence))
    if (task.why.taskId !== null) terminal.note(`See it: stint task show ${task.why.taskId}`)
    const { stepNo } = task.why
    const stepName = stepNo === null ? undefined : await stepNameOf(terminal, id, stepNo)
    const advice = adviceOf(id, task.why, stepName)
    if (advice !== undefined) terminal.note(advice)
  }
  return undefined
}
