import type { App } from '../../base/app.ts'
import { parseAddress } from '../../base/outbound-address.ts'
import { Problem } from '../../base/problem.ts'
import { countAttempts, forgetAttempts, forgiveAttempts } from './store/attempt.ts'
import { hashSecret } from './tokens.ts'

/**
 * Slows down guessing. A try is counted *before* it is judged, so a hundred guesses sent at once are a hundred tries, and
 * names that do not exist are counted like those that do. Three windows of 15 minutes: one name from one address (a person
 * who forgot), one name from anywhere (a guessed person), any name from one address (a spray).
 */
const windowMs = 15 * 60_000
const perNameAndAddress = 10
const perName = 100
const perAddress = 50

export interface Attempt {
  /** Call when the guess was right: it then counts for nothing. */
  succeeded(): Promise<void>
}

function keyOf(kind: string, ...parts: readonly string[]): string {
  return `${kind}:${hashSecret(parts.join('\n')).toString('base64url')}`
}

/** Of an IPv6 address the first half: whoever has one address has all of its network. */
function placeOf(address: string): string {
  const parsed = parseAddress(address)
  return parsed?.family === 6 ? `${parsed.value >> 64n}` : address
}

async function begin(app: App, limits: ReadonlyMap<string, number>): Promise<Attempt> {
  const now = app.clock.now()
  const keys = [...limits.keys()]
  const until = new Date(now.getTime() + windowMs)
  const counts = await countAttempts(app.sql, keys, { now, until })
  const over = counts.filter(({ key, tries }) => tries > (limits.get(key) ?? 0))
  if (over.length > 0) {
    const endsMs = Math.max(...over.map((each) => each.until.getTime()))
    const retryAfterSeconds = Math.max(1, Math.ceil((endsMs - now.getTime()) / 1000))
    throw new Problem(
      'too-many-attempts',
      `Too many failed sign-ins; try again in ${Math.ceil(retryAfterSeconds / 60)} minutes.`,
      { details: { retryAfterSeconds } },
    )
  }
  const [own, ...shared] = keys as [string, ...string[]]
  return {
    async succeeded() {
      await forgetAttempts(app.sql, own, now)
      await forgiveAttempts(app.sql, shared)
    },
  }
}

/** Counts a try to sign in as `name`; throws `too-many-attempts` when there were too many. */
export function beginAttempt(app: App, name: string, address: string): Promise<Attempt> {
  const place = placeOf(address)
  return begin(
    app,
    new Map([
      [keyOf('pair', name, place), perNameAndAddress],
      [keyOf('name', name), perName],
      [keyOf('address', place), perAddress],
    ]),
  )
}

/** The same for a sign-in code, which has no name. */
export function beginCodeAttempt(app: App, address: string): Promise<Attempt> {
  return begin(app, new Map([[keyOf('address', placeOf(address)), perAddress]]))
}
