import { limits } from '@stint/schema/limits'
import { LineBuffer, PrintableDecoder } from '../../base/printable.ts'
import { usageError } from '../exit.ts'
import { readTags } from '../run/values.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { LogSender } from './log.ts'
import { type LogReport, type Report, Reporter } from './reporter.ts'

interface OpenOptions {
  readonly label: string
  readonly title?: string
  readonly step?: readonly string[]
  readonly tag?: readonly string[]
  readonly timeoutHours?: string
}

function numberOption(name: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= max) return value
  throw usageError(`${name} must be a number from 0 to ${max}, not ${JSON.stringify(text)}.`)
}

export function tagsOf(texts: readonly string[] | undefined): Record<string, string> | undefined {
  return texts && Object.fromEntries(readTags(texts).map(({ name, value }) => [name, value]))
}

/** Sends with a report that an earlier call opened, and remembers how far it is. */
async function tell(terminal: Terminal, id: string, report: Report): Promise<void> {
  const reporter = Reporter.kept(terminal, id)
  try {
    await reporter.send(report)
  } finally {
    reporter.keep(terminal)
  }
}

export async function open(terminal: Terminal, options: OpenOptions) {
  const { opened, reporter } = await Reporter.open(terminal, {
    label: options.label,
    title: options.title,
    tags: tagsOf(options.tag),
    timeoutHours: numberOption('--timeout-hours', options.timeoutHours, 8760),
  })
  reporter.keep(terminal)
  if (options.step !== undefined) {
    await tell(terminal, opened.taskId, { steps: options.step.map((name) => ({ name, state: 'TODO' })) })
  }
  if (terminal.isJson) terminal.printJson(opened)
  else {
    terminal.print(opened.taskId)
    terminal.note(opened.url)
  }
  return undefined
}

interface StepOptions {
  readonly result?: string
  readonly error?: string
  readonly progress?: string
}

export async function step(
  terminal: Terminal,
  id: string,
  name: string,
  state: string,
  options: StepOptions,
) {
  let output: unknown
  try {
    output = options.result === undefined ? undefined : JSON.parse(options.result)
  } catch {
    throw usageError('--result must be JSON.', `For text: --result '"${options.result}"'`)
  }
  const told = { name, state: state.toUpperCase().replaceAll('-', '_'), output, error: options.error }
  const progress = numberOption('--progress', options.progress, 1)
  await tell(terminal, id, { steps: [told], progress })
  return undefined
}

interface LogOptions {
  readonly step?: string
  readonly stream: NonNullable<LogReport['stream']>
}

export async function log(
  terminal: Terminal,
  id: string,
  words: readonly string[],
  { step: ofStep, stream }: LogOptions,
) {
  if (words.length > 0) {
    const text = `${words.join(' ')}\n`.slice(0, limits.outputChunkBytesMax)
    await tell(terminal, id, { log: [{ step: ofStep, stream, text }] })
    return undefined
  }
  const reporter = Reporter.kept(terminal, id)
  const sender = new LogSender(reporter, (text) => terminal.note(text))
  const lines = new LineBuffer((text) => sender.push({ step: ofStep, stream, text }))
  const decoder = new PrintableDecoder()
  for await (const chunk of process.stdin) lines.push(decoder.decode(chunk as Buffer))
  lines.push(decoder.end())
  lines.flush()
  await sender.end()
  reporter.keep(terminal)
  return undefined
}

export async function close(terminal: Terminal, id: string, { result }: { readonly result: string }) {
  const reporter = Reporter.kept(terminal, id)
  await reporter.send({ state: 'stopped', result })
  reporter.forget(terminal)
  return undefined
}
