import { setTimeout as pause } from 'node:timers/promises'
import type { ClientChannel } from 'ssh2'
import { PrintableDecoder } from '../../base/printable.ts'
import type { Printed } from './program-printed.ts'
import type { SshConnection } from './ssh-connect.ts'
import { MarkedLine, resultOf, type WrappedScript } from './ssh-script.ts'

/** How a remote command ended. */
export interface RemoteEnd {
  /** Undefined when a signal ended it or the connection was lost. */
  readonly exitCode: number | undefined
  /** `TERM`, `KILL`, …; empty when no signal ended it. */
  readonly signal: string
  readonly message: string
  /** The values it ended with; undefined when it told none. */
  readonly result: Record<string, string> | undefined
  readonly wasStopped: boolean
}

/** Both streams in order, without what was marked. */
class Streams {
  processGroup: number | undefined
  result: Record<string, string> | undefined
  readonly #parts: Record<'stdout' | 'stderr', { decoder: PrintableDecoder; line: MarkedLine }>

  constructor(wrapped: WrappedScript, printed: Printed) {
    const part = (stream: 'stdout' | 'stderr', mark: string, found: (line: string) => void) => ({
      decoder: new PrintableDecoder(),
      line: new MarkedLine(mark, (text) => printed.push(stream, text), found),
    })
    this.#parts = {
      stdout: part('stdout', wrapped.resultMark, (line) => {
        this.result = resultOf(line)
      }),
      stderr: part('stderr', wrapped.processMark, (line) => {
        this.processGroup = Number(line)
      }),
    }
  }

  push(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    const { decoder, line } = this.#parts[stream]
    line.push(decoder.decode(chunk))
  }

  end(): void {
    for (const { decoder, line } of Object.values(this.#parts)) {
      line.push(decoder.end())
      line.end()
    }
  }
}

/** sshd makes the shell the leader of a group of its own, so this reaches all it started. A server without it gets the signal of the protocol. */
async function signalRemote(
  connection: SshConnection,
  channel: ClientChannel,
  group: number | undefined,
  name: 'TERM' | 'KILL',
): Promise<void> {
  channel.signal(name)
  if (group === undefined || !(group > 1)) return
  try {
    const killer = await connection.exec(`kill -${name} -- -${group}`)
    killer.on('error', () => {}).resume()
    killer.stderr.resume()
    await new Promise((done) => killer.once('close', done))
  } catch {
    // The connection is gone; the server ends what it can by itself.
  }
}

/**
 * Runs a wrapped script to its end. When the signal aborts, what runs on the other side is asked to end, after the grace
 * period killed, and then left behind.
 */
export async function runRemote(
  connection: SshConnection,
  wrapped: WrappedScript,
  printed: Printed,
  { signal, graceMs }: { readonly signal: AbortSignal; readonly graceMs: number },
): Promise<RemoteEnd> {
  const channel = await connection.exec(wrapped.command)
  const streams = new Streams(wrapped, printed)
  let exit: { code?: number | null; signal?: string; message?: string } = {}
  channel.on('data', (chunk: Buffer) => streams.push('stdout', chunk))
  channel.stderr.on('data', (chunk: Buffer) => streams.push('stderr', chunk))
  channel.on('error', () => {})
  channel.on('exit', (code: number | null, name?: string, _dumped?: boolean, message?: string) => {
    exit = { code, signal: name, message }
  })
  channel.end()
  const closed = new Promise<void>((done) => channel.once('close', () => done()))
  let wasStopped = false
  const stop = async () => {
    wasStopped = true
    await signalRemote(connection, channel, streams.processGroup, 'TERM')
    await Promise.race([closed, pause(graceMs)])
    await signalRemote(connection, channel, streams.processGroup, 'KILL')
  }
  const stopped = new Promise<void>((done) => {
    const abort = () => void Promise.race([stop(), pause(graceMs + 5000)]).then(done)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    closed.then(() => signal.removeEventListener('abort', abort))
  })
  await Promise.race([closed, stopped])
  streams.end()
  return {
    exitCode: exit.code ?? undefined,
    signal: exit.signal?.replace(/^SIG/, '') ?? '',
    message: exit.message ?? '',
    result: streams.result,
    wasStopped,
  }
}
