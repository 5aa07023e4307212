import { Stream } from '../domains/tasks/live/stream.ts'

/** A beat at once and then every `ms`; one that is not taken is not made up for. */
export function pulse(ms: number): Stream<true> {
  let due = true
  const stream = new Stream<true>(
    () => {
      if (!due) return undefined
      due = false
      return true
    },
    () => clearInterval(timer),
  )
  const timer = setInterval(() => {
    due = true
    stream.poke()
  }, ms)
  timer.unref()
  return stream
}
