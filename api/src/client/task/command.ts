import { exitCodes, isSettled, outcomeCode } from '../exit.ts'
import { readPairs } from '../run/values.ts'
import { resolverInputsDocument } from '../template/documents.ts'
import { countOption, type Terminal } from '../terminal/terminal.ts'
import {
  cancelDocument,
  commentDocument,
  extendDocument,
  pauseDocument,
  rejectDocument,
  resolveDocument,
  resumeDocument,
  retryDocument,
  skipDocument,
  startOverDocument,
  type TaskLine,
} from './documents.ts'
import { findStep, findTaskId, notFound } from './id.ts'
import { printTask } from './list.ts'

const documents = {
  cancel: cancelDocument,
  pause: pauseDocument,
  resume: resumeDocument,
  reject: rejectDocument,
  'start-over': startOverDocument,
  extend: extendDocument,
}

interface CommandOptions {
  readonly reason?: string
  readonly wait?: string
  /** Of a pause. */
  readonly alone?: boolean
}

const lineOf = (answer: object): TaskLine => Object.values(answer)[0] as TaskLine

/** The command itself was accepted: exit code 0, unless it was to wait for what comes of it. */
function printAccepted(terminal: Terminal, task: TaskLine, waited: boolean): number {
  const code = printTask(terminal, task)
  return waited ? code : exitCodes.success
}

/** Cancel and pause have reached their end when the task is cancelled or paused. */
const wantedEnd: Partial<Record<keyof typeof documents, number>> = {
  cancel: exitCodes.cancelled,
  pause: exitCodes.needsPerson,
  reject: exitCodes.cancelled,
}

export function taskVerb(name: keyof typeof documents) {
  return async (terminal: Terminal, text: string, { reason, wait, alone }: CommandOptions) => {
    const seconds = wait === undefined ? undefined : countOption('--wait', 0, 60)(wait)
    const taskId = await findTaskId(terminal.connection, text)
    const input = { taskId, reason, wait: seconds, ...(alone && { alone }) }
    const task = lineOf(
      await terminal.connection.query<object, { input: typeof input }>(documents[name], { input }),
    )
    const code = printAccepted(terminal, task, seconds !== undefined)
    const reached = isSettled(task) && outcomeCode(task) === wantedEnd[name]
    return reached ? exitCodes.success : code
  }
}

export function stepVerb(name: 'retry' | 'skip') {
  return async (terminal: Terminal, text: string, step: string, { reason }: CommandOptions) => {
    const taskId = await findTaskId(terminal.connection, text)
    const { no: stepNo } = await findStep(terminal.connection, taskId, step)
    const input = { taskId, stepNo, reason }
    const document = name === 'retry' ? retryDocument : skipDocument
    const answer = await terminal.connection.query<object, { input: typeof input }>(document, { input })
    return printAccepted(terminal, lineOf(answer), false)
  }
}

export async function resolve(terminal: Terminal, text: string, pairs: readonly string[]) {
  const taskId = await findTaskId(terminal.connection, text)
  const { task } = await terminal.connection.query(resolverInputsDocument, { id: taskId })
  if (task === null) throw notFound(taskId)
  const resolverInput = readPairs(pairs, task.template?.resolverInputs ?? [])
  const { resolveTask } = await terminal.connection.query(resolveDocument, {
    input: { taskId, resolverInput },
  })
  return printAccepted(terminal, resolveTask, false)
}

export async function comment(terminal: Terminal, id: string, text: string) {
  const taskId = await findTaskId(terminal.connection, id)
  const { commentTask } = await terminal.connection.query(commentDocument, { input: { taskId, text } })
  return printAccepted(terminal, commentTask, false)
}
