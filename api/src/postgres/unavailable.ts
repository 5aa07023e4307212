import { Problem } from '../base/problem.ts'
import { isConnectionLoss } from './errors.ts'

/** An error wraps another (in `cause`, GraphQL's in `originalError`) a few times at most; a chain that bites its own tail must end too. */
const depthMax = 10

function isDatabaseGone(error: unknown): boolean {
  let each = error
  for (let depth = 0; each !== undefined && each !== null && depth < depthMax; depth++) {
    if (isConnectionLoss(each)) return true
    const { originalError, cause } = each as { originalError?: unknown; cause?: unknown }
    each = originalError ?? cause
  }
  return false
}

/** What a caller is told when the database went away under his request; `undefined` for every other error. For the doors. */
export function databaseUnavailable(error: unknown): Problem | undefined {
  if (!isDatabaseGone(error)) return undefined
  return new Problem('database-unavailable', 'The database does not answer; try again in a moment.', {
    details: { retryAfterSeconds: 2 },
    cause: error,
  })
}
