/** The SQLSTATE codes that the program decides by. */
export const sqlStates = {
  uniqueViolation: '23505',
  foreignKeyViolation: '23503',
  checkViolation: '23514',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
  adminShutdown: '57P01',
  crashShutdown: '57P02',
  cannotConnectNow: '57P03',
  idleSessionTimeout: '57P05',
  tooManyConnections: '53300',
} as const

export type SqlState = (typeof sqlStates)[keyof typeof sqlStates]

/** Codes of the driver and of the operating system for a connection that is not there or went away. */
const lostConnectionCodes: ReadonlySet<string> = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  sqlStates.adminShutdown,
  sqlStates.crashShutdown,
  sqlStates.cannotConnectNow,
  sqlStates.idleSessionTimeout,
  sqlStates.tooManyConnections,
])

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}

export function isSqlState(error: unknown, state: SqlState): boolean {
  return codeOf(error) === state
}

/** The server lost nothing and may be there again soon; whether the last statement took effect is unknown. */
export function isConnectionLoss(error: unknown): boolean {
  return lostConnectionCodes.has(codeOf(error) ?? '')
}

/** The transaction was rolled back because of others: the same work may simply be done again. */
export function isConflict(error: unknown): boolean {
  return isSqlState(error, sqlStates.serializationFailure) || isSqlState(error, sqlStates.deadlockDetected)
}
