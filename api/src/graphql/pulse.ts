import { Stream } from '../domains/tasks/live/stream.ts'

/** A beat at once, whenever `news` pokes, and every `ms`; one that is not taken is not made up for. `news` returns how to end it. */
export function pulse(ms: number, news: (poke: () => void) => () => void): Stream<true> {
  let due = true
  const stream = new Stream<true>(
    () => {
      if (!due) return undefined
      due = false
      return true
    },
    () => {
      clearInterval(timer)
      end()
    },
  )
  const beat = () => {
    due = true
    stream.poke()
  }
  const timer = setInterval(beat, ms)
  const end = news(beat)
  timer.unref()
  return stream
}
