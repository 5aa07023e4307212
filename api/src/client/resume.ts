import { setTimeout as pause } from 'node:timers/promises'
import { backoffMs } from '../base/backoff.ts'
import { CliError, exitCodes } from './exit.ts'

/** A server that is away for longer is not just being restarted. */
const outageMaxMs = 120_000

export interface ResumeOptions {
  readonly signal: AbortSignal
  readonly onCut: (message: string) => void
}

function isCut(error: unknown): error is CliError {
  return error instanceof CliError && error.exitCode === exitCodes.unreachable
}

/**
 * A stream that survives cut connections: `open` is called again and is to go on behind what was already given. Ends with the
 * stream, or quietly when the signal aborts; throws when the server stays away for two minutes.
 */
export async function* resuming<T>(
  open: () => AsyncGenerator<T>,
  { signal, onCut }: ResumeOptions,
): AsyncGenerator<T> {
  let failures = 0
  let outageStart = 0
  for (;;) {
    try {
      for await (const item of open()) {
        failures = 0
        yield item
      }
      return
    } catch (error) {
      if (signal.aborted) return
      const nowMs = performance.now()
      if (failures === 0) outageStart = nowMs
      if (!isCut(error) || nowMs - outageStart > outageMaxMs) throw error
      if (failures === 0) onCut(`${error.message}; trying again`)
      failures += 1
      await pause(backoffMs(failures, { firstMs: 250, maxMs: 5000 }), undefined, { signal }).catch(() => {})
      if (signal.aborted) return
    }
  }
}
