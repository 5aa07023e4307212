import type { App } from '../base/app.ts'
import { Problem } from '../base/problem.ts'
import type { Service } from '../base/service.ts'
import type { RequestFacts } from '../domains/access/address.ts'
import { revalidate } from '../domains/access/authenticate.ts'
import type { Actor } from '../domains/access/model.ts'
import { channels, type Listener } from '../postgres/listen.ts'
import type { Caller } from './context.ts'

/** Why somebody who was connected is no longer served. */
export type Ending = 'expired' | 'revoked'

const sweepMs = 1_000
/** Rights are looked at again after so long even when nobody said that they changed. */
const lookAgainMs = 60_000
/** Sockets, and subscriptions over plain HTTP, that one person may have open; a browser tab needs one. */
const perPersonMax = 20

/** Somebody who stays connected. What he may is looked at again while he is. */
export class LongCaller implements Caller {
  readonly facts: RequestFacts
  readonly end: (why: Ending) => void
  #actor: Actor
  checkedMs: number
  isChecking = false

  constructor(facts: RequestFacts, actor: Actor, nowMs: number, end: (why: Ending) => void) {
    this.facts = facts
    this.#actor = actor
    this.checkedMs = nowMs
    this.end = end
  }

  get actor(): Actor {
    return this.#actor
  }

  become(actor: Actor): void {
    this.#actor = actor
  }
}

/**
 * All who are connected for longer than a request. Asked again as soon as a change of rights is announced, when a session or
 * token ends by itself, and once a minute in any case: whoever is no longer good is cut off, whose rights shrank sees less
 * from the next event on.
 */
export class Callers implements Service {
  readonly #app: App
  readonly #listener: Listener
  readonly #callers = new Set<LongCaller>()
  #timer: NodeJS.Timeout | undefined
  #unsubscribe: (() => void)[] = []

  constructor(app: App, listener: Listener) {
    this.#app = app
    this.#listener = listener
  }

  async start(): Promise<void> {
    if (this.#timer !== undefined) return
    this.#unsubscribe = [
      this.#listener.on(channels.access, (userId) =>
        this.#ask((caller) => userId === '*' || caller.actor.userId === userId),
      ),
      this.#listener.onReconnect(() => this.#ask(() => true)),
    ]
    this.#timer = setInterval(() => this.#ask((caller) => this.#isDue(caller)), sweepMs)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const off of this.#unsubscribe.splice(0)) off()
  }

  /** Throws `overloaded` when this person has too many connections already. Whoever is added must be removed. */
  add(facts: RequestFacts, actor: Actor, end: (why: Ending) => void): LongCaller {
    const mine = [...this.#callers].filter((caller) => caller.actor.userId === actor.userId)
    if (mine.length >= perPersonMax) {
      throw new Problem(
        'overloaded',
        `You have ${perPersonMax} live connections already; close some of your tabs.`,
        {
          details: { retryAfterSeconds: 10 },
        },
      )
    }
    const caller = new LongCaller(facts, actor, this.#app.clock.monotonicMs(), end)
    this.#callers.add(caller)
    return caller
  }

  remove(caller: LongCaller): void {
    this.#callers.delete(caller)
  }

  #isDue({ actor, checkedMs }: LongCaller): boolean {
    const { clock } = this.#app
    if (actor.expiresAt !== undefined && actor.expiresAt <= clock.now()) return true
    return clock.monotonicMs() - checkedMs > lookAgainMs
  }

  #ask(who: (caller: LongCaller) => boolean): void {
    for (const caller of this.#callers) if (who(caller)) void this.#check(caller)
  }

  async #check(caller: LongCaller): Promise<void> {
    if (caller.isChecking) {
      // The answer under way may be older than the news.
      caller.checkedMs = Number.NEGATIVE_INFINITY
      return
    }
    caller.isChecking = true
    caller.checkedMs = this.#app.clock.monotonicMs()
    try {
      const actor = await revalidate(this.#app, caller.actor)
      if (actor === undefined) this.#cutOff(caller)
      else caller.become(actor)
    } catch (err) {
      this.#app.log.warn(
        { err, user: caller.actor.name },
        'The rights of a connected person could not be looked at; trying again.',
      )
      caller.checkedMs = Number.NEGATIVE_INFINITY
    } finally {
      caller.isChecking = false
    }
  }

  #cutOff(caller: LongCaller): void {
    const { expiresAt } = caller.actor
    this.#callers.delete(caller)
    caller.end(expiresAt !== undefined && expiresAt <= this.#app.clock.now() ? 'expired' : 'revoked')
  }
}

/** The last word to somebody who is cut off. */
export function endingProblem(why: Ending): Problem {
  return why === 'expired'
    ? new Problem('session-expired', 'Your session has ended; sign in again.')
    : new Problem('unauthenticated', 'Your access was ended; sign in again.')
}
