import { counted } from '@stint/schema/counted'
import { CliError, usageError } from '../exit.ts'
import { shortId } from '../task/id.ts'
import type { Column } from '../terminal/table.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { agoText, spanText, wordOf } from '../terminal/text.ts'
import { drainDocument, type EngineFigures, type ExecutorLine, executorsDocument } from './documents.ts'

const isOver = ({ state }: ExecutorLine) => state === 'STOPPED' || state === 'DEAD'
const stateText = ({ state, isLeader }: ExecutorLine) =>
  isLeader ? `${wordOf(state)}, leads` : wordOf(state)

function columns(nowMs: number): Column<ExecutorLine>[] {
  return [
    { title: 'ID', value: ({ id }) => shortId(id) },
    { title: 'STATE', value: stateText, minWidth: 8 },
    { title: 'HOST', value: ({ host, pid }) => `${host}/${pid}`, minWidth: 10 },
    { title: 'REGION', value: ({ region }) => region ?? '' },
    { title: 'TASKS', value: ({ tasks, capacity }) => `${tasks}/${capacity}`, align: 'right' },
    { title: 'RUNNING', value: ({ running }) => String(running), align: 'right' },
    { title: 'HEARTBEAT', value: ({ heartbeatAt }) => agoText(heartbeatAt, nowMs) },
    { title: 'STARTED', value: ({ startedAt }) => agoText(startedAt, nowMs) },
    { title: 'VERSION', value: ({ version }) => version },
  ]
}

function engineText(engine: EngineFigures): string {
  const { hints, waiting, oldestWaitingSeconds, takeovers, foundByNet, countsRepaired } = engine
  const oldest =
    oldestWaitingSeconds === null ? '' : `, the oldest for ${spanText(oldestWaitingSeconds * 1000)}`
  const repaired = countsRepaired === 0 ? '' : `, counts repaired by ${counted(countsRepaired, 'task')}`
  return `${counted(waiting, 'task waits', 'tasks wait')} for an executor${oldest}; ${counted(hints, 'hint')} in the queue; in the last day ${counted(takeovers, 'takeover')}, ${foundByNet} found by the net${repaired}`
}

export async function listExecutors(terminal: Terminal, { alive }: { readonly alive?: boolean }) {
  const { executors, engine } = await terminal.connection.query(executorsDocument, {})
  const shown = alive === true ? executors.filter((each) => !isOver(each)) : executors
  if (terminal.isJson) terminal.printJson({ executors: shown, engine })
  else {
    terminal.printTable(shown, columns(terminal.nowMs), 'No executor has lived within the last day.')
    terminal.note(engineText(engine))
  }
  return undefined
}

async function findExecutor(terminal: Terminal, text: string): Promise<ExecutorLine> {
  const { executors } = await terminal.connection.query(executorsDocument, {})
  const wanted = text.toLowerCase()
  const found = executors.filter(({ id }) => id === wanted || id.startsWith(wanted) || id.endsWith(wanted))
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  if (found.length > 1) throw usageError(`${text} fits ${found.length} executors.`)
  throw new CliError(`There is no executor ${text}.`, { hint: 'stint executor list', code: 'not-found' })
}

function print(terminal: Terminal, executor: ExecutorLine): void {
  if (terminal.isJson) return terminal.printJson(executor)
  const when = (at: string) => `${at} (${agoText(at, terminal.nowMs)})`
  const { id, host, pid, region, role, version, tasks, capacity, running, hints, takeovers } = executor
  terminal.printFacts([
    ['Id', id],
    ['State', stateText(executor)],
    ['Host', `${host}, process ${pid}`],
    ['Region', region ?? 'any'],
    ['Role', `${role}, version ${version}`],
    ['Tasks', `${tasks} of ${capacity}, ${running} actions running`],
    ['Started', when(executor.startedAt)],
    ['Heartbeat', when(executor.heartbeatAt)],
    ['Hints taken', String(hints)],
    ['Takeovers', String(takeovers)],
    ['Flushes/s', executor.flushesPerSecond === null ? undefined : executor.flushesPerSecond.toFixed(1)],
  ])
}

export async function showExecutor(terminal: Terminal, text: string) {
  print(terminal, await findExecutor(terminal, text))
  return undefined
}

export async function drainExecutor(terminal: Terminal, text: string, { undo }: { readonly undo?: boolean }) {
  const { id } = await findExecutor(terminal, text)
  const answer = await terminal.connection.query(drainDocument, { id, drain: undo !== true })
  print(terminal, answer.drainExecutor)
  return undefined
}
