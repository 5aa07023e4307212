import { useSyncExternalStore } from 'react'

// One clock for the whole page, corrected by the server's: a laptop that is two minutes late must not show tasks that
// start in the future. It ticks only while somebody looks at it.
let offsetMs = 0
let tick = 0
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function ring() {
  tick += 1
  for (const listener of listeners) listener()
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(ring, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Tells the clock what time it is at the server. Small differences are the way of the message and are ignored. */
export function correctClock(serverNow: string): void {
  const next = new Date(serverNow).getTime() - Date.now()
  if (Math.abs(next - offsetMs) < 300) return
  offsetMs = next
  ring()
}

/** The server's present, in milliseconds since 1970. */
export const serverNow = (): number => Date.now() + offsetMs

/** The server's present; the component draws again every second, unless `isStill`. */
export function useNow(isStill = false): number {
  useSyncExternalStore(isStill ? listenNever : listen, () => tick)
  return serverNow()
}

const listenNever = () => () => {}
