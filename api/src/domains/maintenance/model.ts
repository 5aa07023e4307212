import { Problem } from '../../base/problem.ts'

/**
 * While an installation is in maintenance it can be read and nothing else: every write from outside is refused with the
 * time to come back, and the engine ends the steps that run and starts no other. Refused, not stored for later, also what
 * other systems report or answer: nothing that was acknowledged can be lost to a database that is being copied or moved,
 * and whoever asks over HTTP repeats after a 503. Callbacks are kept all the same where the setting maintenance_callbacks says so:
 * many systems call once and never again, and then somebody knows that the database stays where it is. The silence that this costs a reporter is not held against it (set.ts).
 */
export interface Maintenance {
  readonly message: string | null
  readonly since: Date
  readonly byName: string
  /** What was announced; it does not end by itself, because works take longer than announced. */
  readonly endsAt: Date | null
}

/** Nobody shall wait for longer than this before asking again, nor ask more often. */
const retrySeconds = { unknown: 30, most: 600, least: 5 }

function retryAfterSeconds({ endsAt }: Maintenance, now: Date): number {
  if (endsAt === null) return retrySeconds.unknown
  const left = Math.ceil((endsAt.getTime() - now.getTime()) / 1000)
  // Overdue: it may end at any moment.
  return Math.min(retrySeconds.most, Math.max(retrySeconds.least, left))
}

/** What every write is answered with. */
export function maintenanceProblem(maintenance: Maintenance, now: Date): Problem {
  const { message, endsAt } = maintenance
  const said = message === null ? '' : ` (${message})`
  return new Problem(
    'maintenance',
    `This installation is in maintenance${said}: everything can be read, nothing changed. Try again when it is over.`,
    { details: { retryAfterSeconds: retryAfterSeconds(maintenance, now), message, endsAt } },
  )
}
