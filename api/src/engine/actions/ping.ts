import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../../base/clock.ts'
import type { Outbound } from '../../base/outbound.ts'
import { OutboundError } from '../../base/outbound-connect.ts'
import { Problem } from '../../base/problem.ts'
import {
  type Action,
  type ActionContext,
  ActionError,
  type ActionResult,
  type JsonSchema,
} from '../action.ts'
import { type Configuration, complaintOf, literalsOf, textOf, timeoutOf, wrong } from './configuration.ts'
import { roundTripsOf, statisticsOf } from './ping-output.ts'
import { ProcessStartError, runProcess } from './process-run.ts'
import { systemPath } from './program.ts'

/** What the ping action needs from the process it runs in. */
export interface PingActionOptions {
  readonly outbound: Outbound
  readonly clock: Clock
}

interface PingOrder {
  readonly host: string
  readonly count: number
  readonly intervalSeconds: number
  readonly timeoutMs: number
  readonly mode: 'icmp' | 'tcp'
  readonly port: number
}

const countMax = 1000

/** µTask's defaults; its `0` means one too. */
function numberOf(configuration: Configuration, name: string, max: number): number {
  const value = Number(textOf(configuration, name) ?? 1) || 1
  if (value > 0 && value <= max) return value
  throw wrong(`${name} must be a number from 1 to ${max}, not ${JSON.stringify(configuration[name])}.`)
}

function modeOf(configuration: Configuration): PingOrder['mode'] {
  const mode = textOf(configuration, 'mode') ?? 'icmp'
  if (mode === 'icmp' || mode === 'tcp') return mode
  throw wrong('mode must be icmp or tcp.')
}

function pingOrderOf(configuration: Configuration): PingOrder {
  const host = textOf(configuration, 'hostname')
  if (host === undefined) throw wrong('hostname must be given.')
  const count = Math.floor(numberOf(configuration, 'count', countMax))
  const intervalSeconds = numberOf(configuration, 'interval_second', 3600)
  const mode = modeOf(configuration)
  const port = Number(textOf(configuration, 'port') ?? Number.NaN)
  if (mode === 'tcp' && !(Number.isInteger(port) && port > 0 && port < 65_536))
    throw wrong('mode tcp needs a port.')
  const timeoutMs = timeoutOf(configuration, 'timeout', count * intervalSeconds * 1000 + 10_000)
  return { host, count, intervalSeconds, timeoutMs, mode, port }
}

const programs = ['/usr/bin/ping', '/bin/ping', '/sbin/ping']

/**
 * Node has no ICMP, and a raw socket would need rights that this process should not have; the system's own program has them.
 * The name is resolved and looked at here: the program gets an address.
 */
async function pingByIcmp(address: string, order: PingOrder, context: ActionContext): Promise<number[]> {
  const file = programs.find((each) => existsSync(each))
  if (file === undefined)
    throw new ActionError(
      'client',
      'There is no program ping on this executor: install it (iputils-ping), or use mode tcp with a port.',
    )
  const seconds = Math.ceil(order.timeoutMs / 1000)
  const args = ['-n', '-c', order.count, '-i', order.intervalSeconds, '-w', seconds, address].map(String)
  const printed = { stdout: '', stderr: '' }
  const end = await runProcess({
    file,
    args,
    folder: '/',
    environment: { PATH: systemPath, LANG: 'C' },
    stdin: undefined,
    timeoutMs: order.timeoutMs + 2000,
    graceMs: 1000,
    signal: context.signal,
    onGroup: (group, startedAt) => context.ownProcessGroup(group, startedAt),
    onOutput: (stream, text) => {
      printed[stream] += text
      context.log(text, stream)
    },
  })
  const trips = roundTripsOf(printed.stdout)
  if (end.stopped === 'aborted') throw new ActionError('server', `Stopped: ${String(context.signal.reason)}`)
  // 1 means that nothing came back, which is an answer; 2 that it could not even ask.
  if (end.exitCode > 1 && trips.length === 0)
    throw new ActionError('server', `ping failed: ${printed.stderr.trim() || printed.stdout.trim()}`)
  return trips
}

/** How long a connection takes to open, for networks that let no ICMP through. Refused is an answer, too: somebody is there. */
async function pingByTcp(
  { outbound, clock }: PingActionOptions,
  { host, port, count, intervalSeconds, timeoutMs }: PingOrder,
  context: ActionContext,
): Promise<number[]> {
  const trips: number[] = []
  const endMs = clock.monotonicMs() + timeoutMs
  for (let n = 0; n < count && clock.monotonicMs() < endMs; n++) {
    if (n > 0) await pause(intervalSeconds * 1000, undefined, { signal: context.signal }).catch(() => {})
    context.signal.throwIfAborted()
    const startMs = clock.monotonicMs()
    const left = Math.max(1, Math.min(2000, endMs - startMs))
    try {
      const target = { protocol: 'tcp' as const, host, port, timeoutMs: left, signal: context.signal }
      const socket = await outbound.connect(target)
      socket.destroy()
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error
      if (!error.message.includes('ECONNREFUSED')) {
        context.log(`${error.message}\n`)
        continue
      }
    }
    trips.push(clock.monotonicMs() - startMs)
    context.log(`${host}:${port} answered in ${trips.at(-1)?.toFixed(2)} ms\n`)
  }
  return trips
}

function failureOf(error: unknown, { signal }: ActionContext): unknown {
  if (signal.aborted) return new ActionError('server', `Stopped: ${String(signal.reason)}`)
  if (error instanceof Problem) return new ActionError('client', error.message, { cause: error })
  if (error instanceof OutboundError || error instanceof ProcessStartError)
    return new ActionError('server', error.message, { cause: error })
  return error
}

async function run(
  options: PingActionOptions,
  configuration: Configuration,
  context: ActionContext,
): Promise<ActionResult> {
  const order = pingOrderOf(configuration)
  const { host, port, mode, count } = order
  const { signal } = context
  try {
    const target = {
      protocol: 'tcp' as const,
      host,
      port: mode === 'tcp' ? port : 7,
      timeoutMs: 10_000,
      signal,
    }
    const address = await options.outbound.resolve(target)
    const trips =
      mode === 'tcp' ? await pingByTcp(options, order, context) : await pingByIcmp(address, order, context)
    return {
      output: statisticsOf(host, address, count, trips.slice(0, count)),
      metadata: { ...configuration },
    }
  } catch (error) {
    throw failureOf(error, context)
  }
}

function check(configuration: Configuration): string[] {
  const literals = literalsOf(configuration)
  const complaints = [
    complaintOf(() => numberOf(literals, 'count', countMax)),
    complaintOf(() => numberOf(literals, 'interval_second', 3600)),
    complaintOf(() => modeOf(literals)),
    complaintOf(() => timeoutOf(literals, 'timeout', 1)),
    configuration.mode === 'tcp' && configuration.port === undefined ? 'mode tcp needs a port.' : undefined,
  ]
  return complaints.filter((complaint) => complaint !== undefined)
}

const number = (description: string, more: JsonSchema = {}): JsonSchema => ({
  type: ['string', 'number'],
  description,
  ...more,
})

const configuration: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['hostname'],
  properties: {
    hostname: { type: 'string', minLength: 1, description: 'Whom to ask: a name or an address.' },
    count: number('How often.', { default: '1' }),
    interval_second: number('Seconds between two questions.', { default: '1' }),
    timeout: {
      type: 'string',
      description: 'How long all of it may take; otherwise what count and interval need, and 10 s.',
    },
    mode: {
      type: 'string',
      enum: ['icmp', 'tcp'],
      default: 'icmp',
      description:
        '`icmp` uses the program ping of the executor; `tcp` opens a connection to `port`, for networks that let no ICMP through.',
    },
    port: number('For `tcp`: the port; a refusal counts as an answer.'),
  },
}

const nanoseconds = (description: string): JsonSchema => ({ type: 'integer', description })

const output: JsonSchema = {
  type: 'object',
  required: ['packets_received', 'packets_sent', 'packet_loss', 'ip_addr', 'rtts'],
  properties: {
    packets_received: { type: 'integer', description: 'How many answers came.' },
    packets_sent: { type: 'integer', description: 'How many questions were sent.' },
    packet_loss: { type: 'number', description: 'Percent that were not answered.' },
    ip_addr: { type: 'string', description: 'The address that was asked.' },
    addr: { type: 'string', description: 'The host as it was given.' },
    rtts: { type: 'array', items: { type: 'integer' }, description: 'Round trips in nanoseconds.' },
    min_rtt: nanoseconds('The shortest.'),
    max_rtt: nanoseconds('The longest.'),
    avg_rtt: nanoseconds('Their mean.'),
    std_dev_rtt: nanoseconds('Their standard deviation.'),
  },
}

/** Asks whether a host answers. */
export function pingAction(options: PingActionOptions): Action<Configuration> {
  return {
    type: 'ping',
    description:
      'Asks a host whether it answers, and how fast. That nothing comes back is no failure: look at packet_loss. Only public addresses are asked, and those an administrator allows.',
    configuration,
    output,
    metadata: { type: 'object', description: 'The configuration it ran with.' },
    example: { hostname: '{{.input.host}}', count: 3, interval_second: 1 },
    idempotent: true,
    resources: ({ hostname }) => ['socket', `url:${String(hostname)}`],
    check,
    run: (given, context) => run(options, given, context),
  }
}
