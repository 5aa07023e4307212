import { systemClock } from '../../base/clock.ts'

/*
 * Rendering is bounded for each step, but many steps may start in one turn of the event loop: fifty hostile ones would hold it
 * for half a minute, and with it the heartbeat of the executor. Whoever is about to render asks first.
 */

const longMs = 250
let beganMs: number | undefined

/** Has this turn of the event loop taken so long that the next piece of work should begin another one? See `nextTurn`. */
export function isLongTurn(): boolean {
  const now = systemClock.monotonicMs()
  if (beganMs === undefined) {
    beganMs = now
    // A timer, not an immediate: those run between two looks at the timers, and the heartbeat is one.
    setTimeout(() => {
      beganMs = undefined
    }, 0).unref()
  }
  return now - beganMs > longMs
}

export function nextTurn(act: () => void): void {
  // Behind the timers that were due meanwhile.
  setTimeout(act, 20)
}
