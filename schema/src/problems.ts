/**
 * Everything that can go wrong in a way a person or a program can act on.
 * The web draws by code, REST answers by status, callers decide by `retryable`. Anything not listed is a bug and is masked.
 */
export interface ProblemKind {
  /** HTTP status of REST answers. */
  readonly status: number
  /** May the same request succeed later without a change? */
  readonly retryable: boolean
  /** Names of the fields that `details` carries. */
  readonly details: readonly string[]
}

export const problems = {
  unauthenticated: { status: 401, retryable: false, details: [] },
  'session-expired': { status: 401, retryable: false, details: [] },
  'sign-in-failed': { status: 401, retryable: false, details: [] },
  'sign-in-code-used': { status: 401, retryable: false, details: [] },
  'too-many-attempts': { status: 429, retryable: true, details: ['retryAfterSeconds'] },
  forbidden: { status: 403, retryable: false, details: ['permission'] },
  'cross-site': { status: 403, retryable: false, details: [] },
  'not-found': { status: 404, retryable: false, details: ['type', 'id'] },
  'invalid-input': { status: 422, retryable: false, details: ['fields'] },
  'invalid-template': { status: 422, retryable: false, details: ['findings'] },
  'invalid-request': { status: 400, retryable: false, details: [] },
  'invalid-cursor': { status: 400, retryable: false, details: [] },
  'invalid-report': { status: 400, retryable: false, details: [] },
  'report-token-wrong': { status: 401, retryable: false, details: [] },
  'body-too-large': { status: 413, retryable: false, details: ['limitBytes'] },
  'not-allowed-now': { status: 409, retryable: false, details: ['state', 'reason'] },
  'lock-conflict': { status: 409, retryable: true, details: ['resource', 'taskId'] },
  'template-blocked': { status: 409, retryable: false, details: ['template'] },
  'name-taken': { status: 409, retryable: false, details: ['name'] },
  'idempotency-mismatch': { status: 409, retryable: false, details: ['taskId'] },
  'setting-invalid': { status: 422, retryable: false, details: ['name'] },
  'outbound-refused': { status: 422, retryable: false, details: ['host'] },
  maintenance: { status: 503, retryable: true, details: ['retryAfterSeconds', 'message', 'endsAt'] },
  overloaded: { status: 503, retryable: true, details: ['retryAfterSeconds'] },
  'database-unavailable': { status: 503, retryable: true, details: ['retryAfterSeconds'] },
  'shutting-down': { status: 503, retryable: true, details: ['retryAfterSeconds'] },
  internal: { status: 500, retryable: false, details: ['requestId'] },
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof problems
