import { durationText } from '../../base/duration.ts'
import type { Outbound } from '../../base/outbound.ts'
import { OutboundError } from '../../base/outbound-connect.ts'
import { Problem } from '../../base/problem.ts'
import { type Action, type ActionContext, ActionError, type ActionResult } from '../action.ts'
import { type Configuration, complaintOf, isTemplated, literalsOf, notOneOf, wrong } from './configuration.ts'
import { exitCodesOf, holds, outputModeOf } from './program-order.ts'
import { Printed, type PrintedText } from './program-printed.ts'
import { scriptOutput } from './script-output.ts'
import { connectSsh, type SshConnection } from './ssh-connect.ts'
import { placeOf, type SshOrder, sshOrderOf, sshOutputModes } from './ssh-order.ts'
import { type RemoteEnd, runRemote } from './ssh-remote.ts'
import { sshSchemas } from './ssh-schema.ts'
import { wrapScript } from './ssh-script.ts'
import { hostKeyChecks, Trust } from './ssh-trust.ts'

/** What the ssh action needs from the process it runs in. */
export interface SshActionOptions {
  readonly outbound: Outbound
  /** The executor's own known_hosts. */
  readonly knownHostsFile: string
  /** Between asking a remote command to end and killing it; 10 s unless said. */
  readonly graceMs?: number
}

interface Ended {
  readonly end: RemoteEnd
  readonly text: PrintedText
}

function outputOf({ mode, delimiters, result }: SshOrder, { end, text }: Ended) {
  if (mode !== 'auto-result') return scriptOutput(mode, delimiters, text)
  if (end.result !== undefined || result.length === 0) return { output: end.result ?? {} }
  return {
    output: {},
    complaint: 'The script ended without telling its result; did it set a trap of its own?',
  }
}

function complaintAbout(order: SshOrder, { end, text }: Ended, context: ActionContext): string | undefined {
  const target = order.hosts.at(-1)
  const what = `The script on ${target?.name}`
  const detail = text.lastError === '' ? '' : `: ${text.lastError}`
  if (end.wasStopped) {
    return context.signal.aborted
      ? `${what} was stopped: ${String(context.signal.reason)}`
      : `${what} did not end within ${durationText(order.timeoutMs)} and was stopped`
  }
  if (end.signal !== '') return `${what} was ended by SIG${end.signal}${detail}`
  if (end.exitCode === undefined) return `The connection to ${target?.name} was lost while the script ran`
  return end.exitCode === 0 ? undefined : `${what} ended with exit code ${end.exitCode}${detail}`
}

function finish(order: SshOrder, ended: Ended, context: ActionContext): ActionResult {
  const { end, text } = ended
  const { output, complaint } = outputOf(order, ended)
  const metadata = {
    output: text.both,
    exit_code: String(end.exitCode ?? -1),
    // What newer versions of µTask call it.
    exit_status: String(end.exitCode ?? -1),
    exit_signal: end.signal,
    exit_msg: end.message,
  }
  const failure = complaintAbout(order, ended, context) ?? complaint
  if (failure === undefined) return { output, metadata }
  context.log(`${failure}\n`)
  const isClient = !end.wasStopped && end.exitCode !== undefined && holds(order.clientCodes, end.exitCode)
  throw new ActionError(isClient ? 'client' : 'server', failure, { output, metadata })
}

function failureOf(error: unknown, order: SshOrder, context: ActionContext, isLate: boolean): unknown {
  if (context.signal.aborted)
    return new ActionError('server', `Stopped while connecting: ${String(context.signal.reason)}`)
  if (isLate)
    return new ActionError('server', `No connection within ${durationText(order.timeoutMs)}.`, {
      cause: error,
    })
  if (error instanceof Problem) return new ActionError('client', error.message, { cause: error })
  if (error instanceof OutboundError) return new ActionError('server', error.message, { cause: error })
  return error
}

async function run(
  options: SshActionOptions,
  configuration: Configuration,
  context: ActionContext,
): Promise<ActionResult> {
  const order = sshOrderOf(configuration)
  const late = AbortSignal.timeout(order.timeoutMs)
  const signal = AbortSignal.any([context.signal, late])
  const trust = new Trust({
    check: order.check,
    texts: order.knownHosts,
    ownFile: options.knownHostsFile,
    warn: (sentence) => context.log(`Warning: ${sentence}\n`),
  })
  let connection: SshConnection | undefined
  try {
    connection = await connectSsh(options.outbound, order, trust, signal)
    const way = order.hosts.map(({ user, name, port }) => `${user}@${name}:${port}`).join(' → ')
    context.log(`Connected: ${way}\n`)
    const printed = new Printed(context.log)
    const wrapped = wrapScript(order.script, order.mode === 'auto-result' ? order.result : [])
    const end = await runRemote(connection, wrapped, printed, { signal, graceMs: options.graceMs ?? 10_000 })
    return finish(order, { end, text: printed.end() }, context)
  } catch (error) {
    if (error instanceof ActionError && connection !== undefined) throw error
    throw failureOf(error, order, context, late.aborted)
  } finally {
    connection?.end()
  }
}

/** What can be said of values that are not templated; keys and files are looked at by the run. */
function check(configuration: Configuration): string[] {
  const literals = literalsOf(configuration)
  const { hops, target, host_key_check: hostKeyCheck } = literals
  const complaints: string[] = []
  const say = (read: () => unknown) => {
    const complaint = complaintOf(read)
    if (complaint !== undefined) complaints.push(complaint)
  }
  say(() => outputModeOf(literals, sshOutputModes))
  say(() => exitCodesOf(literals, 'exit_codes_unrecoverable'))
  if (typeof target === 'string' && placeOf(target) === undefined)
    complaints.push('target must be a host, or host:port.')
  if (
    Array.isArray(hops) &&
    hops.some((hop) => typeof hop === 'string' && !isTemplated(hop) && !placeOf(hop))
  )
    complaints.push('hops must be hosts, or host:port.')
  if (hostKeyCheck !== undefined && !hostKeyChecks.some((each) => each === hostKeyCheck))
    complaints.push(notOneOf('host_key_check', hostKeyChecks, String(hostKeyCheck)))
  if (literals.result !== undefined && (literals.output_mode ?? 'auto-result') !== 'auto-result')
    say(() => {
      throw wrong('result needs output_mode auto-result.')
    })
  return complaints
}

function resources({ target, hops }: Configuration): string[] {
  const places = [target, ...(Array.isArray(hops) ? hops : [])].map((hop: unknown) =>
    typeof hop === 'string' ? hop : String((hop as Configuration | null)?.target ?? ''),
  )
  return ['socket', ...places.filter((place) => place !== '').map((place) => `url:${place}`)]
}

/** Runs a script on another machine. */
export function sshAction(options: SshActionOptions): Action<Configuration> {
  return {
    type: 'ssh',
    description:
      'Runs a script on another machine over SSH, also through other machines. The host key must be known. Exit code 0 is success, any other a server error, which is tried again, unless it is listed as unrecoverable. What it prints is shown live.',
    ...sshSchemas,
    example: {
      user: 'deploy',
      target: '{{.input.host}}',
      hops: ['bastion.example.org'],
      ssh_key: '{{.config.deploy_key}}',
      known_hosts: '{{.config.known_hosts}}',
      script: 'uptime --pretty\nkernel=$(uname -r)',
      result: { kernel: '$kernel', user: '$(id -un)' },
      timeout: '1m',
    },
    idempotent: false,
    resources,
    check,
    run: (configuration, context) => run(options, configuration, context),
  }
}
