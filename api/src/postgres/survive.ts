import type { Logger } from '../base/log.ts'
import { isConnectionLoss } from './errors.ts'

const driverFile = /[\\/]postgres[\\/](src|cjs)[\\/]/

/** Does this come out of the driver's own code, past every promise of ours? */
export function isDriverError(error: unknown): boolean {
  const isTold = error instanceof TypeError || isConnectionLoss(error)
  return isTold && driverFile.test((error as Error).stack ?? '')
}

export interface Survival {
  /** How often the process went on although the driver had thrown into the void. */
  readonly count: number
  end(): void
}

/**
 * When a connection is cut inside a transaction, postgres.js 3.4 may write to the socket that is already gone, outside
 * of every promise ("Cannot read properties of null (reading 'write')"); the transaction itself is rejected as it
 * should. The process goes on. Everything else that nobody caught is a bug: `onBug` gets it, to end the process.
 */
export function surviveDriverErrors(log: Logger, onBug: (error: unknown) => void): Survival {
  let count = 0
  const handle = (error: unknown) => {
    if (!isDriverError(error)) return onBug(error)
    count += 1
    log.warn({ reason: (error as Error).message, count }, 'The driver threw at a cut connection; going on.')
  }
  process.on('uncaughtException', handle)
  return {
    get count() {
      return count
    },
    end: () => process.off('uncaughtException', handle),
  }
}
