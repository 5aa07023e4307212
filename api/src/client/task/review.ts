import { type ReviewDecision, reviewDecisions } from '@stint/schema/words'
import { exitCodes, usageError } from '../exit.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { enumOf } from '../terminal/text.ts'
import { reviewAllDocument, reviewDocument } from './documents.ts'
import { allSteps, findStep, findTaskId } from './id.ts'
import { printTask } from './list.ts'

interface ReviewOptions {
  readonly decision?: ReviewDecision
  readonly runAgain?: boolean
  readonly markDone?: boolean
  readonly skip?: boolean
  readonly fail?: boolean
  readonly all?: boolean
  readonly result?: string
  readonly reason?: string
}

const choices = 'Say one of --run-again, --mark-done, --skip, --fail.'

function decisionOf(options: ReviewOptions): ReviewDecision {
  const { decision, runAgain, markDone, skip, fail } = options
  const flags = { 'run-again': runAgain, 'mark-done': markDone, skip, fail }
  const said = reviewDecisions.filter((each) => flags[each] || each === decision)
  if (said.length > 1) throw usageError(`${said.join(' and ')} contradict each other.`, choices)
  if (said[0] === undefined) throw usageError('A review needs a decision.', choices)
  return said[0]
}

function outputOf(decision: ReviewDecision, result: string | undefined): unknown {
  if (result === undefined) return undefined
  if (decision !== 'mark-done') throw usageError('--result belongs to --mark-done.')
  try {
    return JSON.parse(result)
  } catch {
    throw usageError('--result must be JSON.', `For text: --result '"${result}"'`)
  }
}

/** Who names no step means the one that waits; of several he has to say that he means them all. */
async function onlyStep({ connection }: Terminal, taskId: string): Promise<number> {
  const names: string[] = []
  let no = -1
  for await (const step of allSteps(connection, taskId, ['CRASHED'])) {
    names.push(step.name)
    no = step.no
  }
  if (names.length === 1) return no
  if (names.length === 0) throw usageError('No step of this task waits for a review.')
  const some = names.slice(0, 5).join(', ')
  throw usageError(
    `${names.length} steps wait for a review: ${some}${names.length > 5 ? ', …' : ''}.`,
    'Name one of them, or say --all.',
  )
}

/** `stint task review`: what is to become of steps whose executor died while they ran. */
export async function review(
  terminal: Terminal,
  text: string,
  step: string | undefined,
  options: ReviewOptions,
): Promise<number> {
  const { connection } = terminal
  const decision = decisionOf(options)
  const output = outputOf(decision, options.result)
  if (options.all && step !== undefined) throw usageError('Name a step, or say --all: not both.')
  const taskId = await findTaskId(connection, text)
  const said = { taskId, decision: enumOf(decision), output, reason: options.reason }
  if (options.all) {
    printTask(terminal, (await connection.query(reviewAllDocument, { input: said })).reviewAllSteps)
    return exitCodes.success
  }
  const stepNo =
    step === undefined ? await onlyStep(terminal, taskId) : (await findStep(connection, taskId, step)).no
  printTask(terminal, (await connection.query(reviewDocument, { input: { ...said, stepNo } })).reviewStep)
  return exitCodes.success
}
