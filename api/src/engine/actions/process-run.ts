import { type ChildProcess, spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { PrintableDecoder } from '../../base/printable.ts'
import { endGroup, processStartedAt } from './process-group.ts'

export interface ProcessOrder {
  readonly file: string
  readonly args: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly stdin: string | undefined
  readonly timeoutMs: number
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number
  readonly signal: AbortSignal
  /** Resolves when the group is on record; the program starts only then. */
  readonly onGroup: (group: number, startedAt: string) => Promise<void>
  readonly onOutput: (stream: 'stdout' | 'stderr', text: string) => void
}

export interface ProcessEnd {
  /** -1 when a signal ended it. */
  readonly exitCode: number
  readonly endSignal: NodeJS.Signals | null
  readonly stopped: 'aborted' | 'timeout' | undefined
  /** It ended by itself and left others of its group running; they were ended. */
  readonly hadLeftOvers: boolean
}

/** Nothing was started: too many processes, an argument with NUL, arguments too long. */
export class ProcessStartError extends Error {}

/**
 * Waits on a pipe until the group is on record, then becomes the program: no moment of the program's work is unknown to a
 * takeover. When we die before that, the pipe closes and nothing has happened.
 */
const gate = 'read -r go <&3 || exit 125; exec 3<&-; exec "$0" "$@"'

function spawnGated(order: ProcessOrder): ChildProcess {
  return spawn('/bin/sh', ['-c', gate, order.file, ...order.args], {
    cwd: order.folder,
    env: order.environment,
    // A group of its own, so that everything it starts can be ended with it, and Ctrl-C of a terminal does not reach it.
    detached: true,
    stdio: [order.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', 'pipe'],
  })
}

/** `spawn` throws what it can see itself and reports the rest later. */
function started(order: ProcessOrder): ChildProcess {
  try {
    return spawnGated(order)
  } catch (error) {
    throw new ProcessStartError((error as Error).message)
  }
}

/** A program that does not read its input is no fault of ours. */
function feed(pipe: Writable | null | undefined, text: string): void {
  pipe?.on('error', () => {})
  pipe?.end(text)
}

function listen(child: ChildProcess, order: ProcessOrder): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const decoder = new PrintableDecoder()
    child[stream]?.on('data', (chunk: Buffer) => order.onOutput(stream, decoder.decode(chunk)))
    child[stream]?.on('end', () => order.onOutput(stream, decoder.end()))
    child[stream]?.on('error', () => {})
  }
}

interface Exit {
  readonly code: number | null
  readonly endSignal: NodeJS.Signals | null
}

/** Rejects when the process could not be started. */
function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('exit', (code, endSignal) => done({ code, endSignal }))
  })
}

/** Left-over members may hold the pipes; a daemon outside the group may hold them for ever. */
async function drain(closed: Promise<void>, child: ChildProcess): Promise<void> {
  const patience = new AbortController()
  await Promise.race([closed, pause(1000, undefined, { signal: patience.signal }).catch(() => {})])
  patience.abort()
  child.stdout?.destroy()
  child.stderr?.destroy()
}

/**
 * Runs a program in a process group of its own and resolves when nothing of the group runs any more: by itself, at the
 * time-out or when the signal aborts. Output is passed on while it comes. Rejects when it cannot be started.
 */
export async function runProcess(order: ProcessOrder): Promise<ProcessEnd> {
  const child = started(order)
  const exit = exitOf(child)
  const closed = new Promise<void>((done) => child.once('close', () => done()))
  listen(child, order)
  const group = child.pid
  if (group === undefined)
    throw new ProcessStartError(await exit.then(String, (error: Error) => error.message))
  let stopped: ProcessEnd['stopped']
  const stop = (why: 'aborted' | 'timeout') => {
    stopped ??= why
    void endGroup(group, order.graceMs)
  }
  const abort = () => stop('aborted')
  order.signal.addEventListener('abort', abort, { once: true })
  const timer = setTimeout(() => stop('timeout'), order.timeoutMs)
  const settle = () => {
    clearTimeout(timer)
    order.signal.removeEventListener('abort', abort)
  }
  try {
    await order.onGroup(group, processStartedAt(group))
    if (order.signal.aborted) abort()
    else {
      feed(child.stdio[3] as Writable, '\n')
      feed(child.stdin, order.stdin ?? '')
    }
    const { code, endSignal } = await exit
    // From here on its outcome stands, whatever becomes of what it left behind.
    settle()
    const hadLeftOvers = await endGroup(group, order.graceMs)
    await drain(closed, child)
    return { exitCode: code ?? -1, endSignal, stopped, hadLeftOvers: hadLeftOvers && stopped === undefined }
  } catch (error) {
    settle()
    await endGroup(group, 0)
    throw error
  }
}
