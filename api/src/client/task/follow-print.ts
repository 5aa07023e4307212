import { stepStates } from '@stint/schema/words'
import { paintState, type Terminal } from '../terminal/terminal.ts'
import { coloured, fitted, safeText, widthOf, wordOf } from '../terminal/text.ts'
import type { StepLine, TaskLine } from './documents.ts'
import type { OutputChunk, TaskEvent } from './follow-documents.ts'
import { standing, standingText, tookText } from './list.ts'
import { paintStep } from './show.ts'

const nameWidthMax = 24
const bars: Record<OutputChunk['stream'], string> = { STDOUT: '|', STDERR: '!', LOG: '·' }

/** Lines of a task that is followed: for people, or one JSON object a line. */
export class FollowPrinter {
  readonly #terminal: Terminal
  readonly #names = new Map<number, string>()
  #nameWidth = 4

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  name({ no, name }: StepLine): void {
    this.#names.set(no, safeText(name))
    this.#nameWidth = Math.min(nameWidthMax, Math.max(this.#nameWidth, widthOf(name)))
  }

  event(event: TaskEvent): void {
    if (this.#json('event', event)) return
    // The last line tells how it ended, below what the steps still have to say; a step tells its states itself.
    if ((event.kind === 'TASK' && event.name === 'stopped') || isStepState(event)) return
    const who = event.actor === null ? '' : ` by ${safeText(event.actor)}`
    const text = textOfData(event.data)
    this.#line(event.at, event.stepNo, `${eventWord(event)}${who}${text === '' ? '' : `: ${text}`}`)
  }

  step(step: StepLine): void {
    if (this.#json('step', step)) return
    const took =
      step.endedAt === null || step.state === 'RUNNING' ? '' : `  ${tookText(step, this.#terminal.nowMs)}`
    const tries = step.tryCount > 1 ? `  try ${step.tryCount}` : ''
    const error =
      step.errorSummary === null || step.state === 'DONE' ? '' : `  ${safeText(step.errorSummary)}`
    const at = step.state === 'RUNNING' ? step.startedAt : step.endedAt
    this.#line(at, step.no, `${paintStep(step.state)}${tries}${took}${error}`)
  }

  output(chunk: OutputChunk, text: string): void {
    if (this.#json('output', { ...chunk, text })) return
    for (const line of text.replace(/\n$/, '').split('\n')) {
      const bar = coloured(bars[chunk.stream], chunk.stream === 'STDERR' ? 'red' : 'gray')
      this.#line(chunk.at, chunk.stepNo, `${bar} ${safeText(line)}`)
    }
  }

  end(task: TaskLine): void {
    if (this.#json('task', task)) return
    const took = tookText(task, this.#terminal.nowMs)
    const error = task.errorSummary === null ? '' : `\n${safeText(task.errorSummary)}`
    this.#terminal.print(
      `${paintState(standing(task), standingText(task))}${took === '' ? '' : ` after ${took}`}: ${safeText(task.title)}${error}`,
    )
  }

  /** One object a line, whether or not a terminal reads it. */
  #json(type: string, value: object): boolean {
    if (this.#terminal.isJson) this.#terminal.print(JSON.stringify({ type, ...value }))
    return this.#terminal.isJson
  }

  #line(at: string | null, stepNo: number | null, text: string): void {
    const time = at === null ? '        ' : new Date(at).toTimeString().slice(0, 8)
    const name = stepNo === null ? '' : (this.#names.get(stepNo) ?? `step ${stepNo}`)
    const cut = fitted(name, this.#nameWidth)
    const fill = ' '.repeat(Math.max(0, this.#nameWidth - widthOf(cut)))
    this.#terminal.print(`${coloured(time, 'gray')}  ${cut}${fill}  ${text}`)
  }
}

const stateWords: ReadonlySet<string> = new Set(stepStates)

function isStepState({ kind, name }: TaskEvent): boolean {
  return kind === 'STEP' && stateWords.has(name)
}

function eventWord({ kind, name }: TaskEvent): string {
  const word = wordOf(name)
  if (kind === 'TASK') return paintState(word)
  return kind === 'COMMAND' ? `${word} asked` : kind === 'COMMENT' ? 'comment' : word
}

/** The one sentence in the data of an event. */
function textOfData(data: unknown): string {
  if (typeof data !== 'object' || data === null) return ''
  const { reason, text, result, message } = data as Record<string, unknown>
  const first = [text, message, reason, result].find(
    (each) => typeof each === 'string' && each !== '' && each !== 'pending',
  )
  return first === undefined ? '' : safeText(String(first))
}
