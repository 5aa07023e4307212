import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { basename } from 'node:path'
import { LineBuffer, PrintableDecoder } from '../../base/printable.ts'
import { CliError } from '../exit.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { LogSender } from './log.ts'
import { Reporter } from './reporter.ts'
import { tagsOf } from './verbs.ts'

interface WrapOptions {
  readonly label?: string
  readonly title?: string
  readonly tag?: readonly string[]
  readonly strict?: boolean
}

interface Ended {
  readonly code: number
  readonly error: string | undefined
  readonly isStopped: boolean
}

/** Undefined when it cannot be opened: the work is worth more than its record. */
async function openReport(terminal: Terminal, words: readonly string[], name: string, options: WrapOptions) {
  try {
    const { opened, reporter } = await Reporter.open(terminal, {
      label: options.label ?? name,
      title: (options.title ?? words.join(' ')).slice(0, 1000),
      tags: tagsOf(options.tag),
    })
    terminal.note(`stint report: ${opened.url}`)
    return reporter
  } catch (error) {
    if (options.strict === true || !(error instanceof CliError)) throw error
    terminal.note(`stint report: ${error.message} The command runs without a report.`)
    return undefined
  }
}

/** Passes each stream on as it is, and as text to the report. */
function passOn(child: ChildProcess, sender: LogSender | undefined, step: string): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const decoder = new PrintableDecoder()
    const lines = new LineBuffer((text) => sender?.push({ step, stream, text }))
    child[stream]?.on('data', (chunk: Buffer) => {
      process[stream].write(chunk)
      lines.push(decoder.decode(chunk))
    })
    child[stream]?.on('end', () => {
      lines.push(decoder.end())
      lines.flush()
    })
  }
}

/** A terminal sends Ctrl-C to the command too; other signals are passed on. Either way we stay until it has ended. */
function passSignals(child: ChildProcess): () => NodeJS.Signals | undefined {
  let got: NodeJS.Signals | undefined
  process.on('SIGINT', () => {
    got = 'SIGINT'
  })
  for (const name of ['SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      got = name
      child.kill(name)
    })
  }
  return () => got
}

function ended(child: ChildProcess, command: string): Promise<Ended> {
  const stoppedBy = passSignals(child)
  return new Promise((done) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code === 'ENOENT' ? 127 : 126
      const text = error.code === 'ENOENT' ? 'there is no such command' : error.message
      done({ code, error: `${command}: ${text}`, isStopped: false })
    })
    child.once('close', (code, signal) => {
      const isStopped = stoppedBy() !== undefined && code !== 0
      if (signal !== null)
        done({ code: 128 + constants.signals[signal], error: `ended by ${signal}`, isStopped })
      else done({ code: code ?? 1, error: code === 0 ? undefined : `exit code ${code}`, isStopped })
    })
  })
}

export async function wrap(terminal: Terminal, words: readonly string[], options: WrapOptions) {
  const [command = '', ...args] = words
  const name = basename(command)
  const reporter = await openReport(terminal, words, name, options)
  const sender = reporter && new LogSender(reporter, (text) => terminal.note(text))
  await reporter
    ?.send({ steps: [{ name, state: 'RUNNING' }] })
    .catch((error: Error) => terminal.note(error.message))
  const child = spawn(command, args, { stdio: ['inherit', 'pipe', 'pipe'] })
  passOn(child, sender, name)
  const { code, error, isStopped } = await ended(child, command)
  if (code === 127 || code === 126) terminal.note(error ?? '')
  const state = error === undefined ? 'DONE' : isStopped ? 'CANCELLED' : 'SERVER_ERROR'
  const result = error === undefined ? 'success' : isStopped ? 'cancelled' : 'error'
  const told = await sender?.end({
    steps: [{ name, state, output: { exit_code: code }, error }],
    progress: 1,
    state: 'stopped',
    result,
  })
  if (told === false) terminal.note('stint report: the server could not be told how it ended.')
  return code
}
