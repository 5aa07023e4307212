import { type Actor, canSeeTask } from '../../access/model.ts'
import type { EventRow, OutputChunk, TaskRow } from '../model.ts'
import type { LiveReads } from './reads.ts'
import { Stream } from './stream.ts'

/** A task that somebody watches: its newest row as this process knows it, and whom to wake when it changes. */
export interface Topic {
  readonly taskId: string
  /** Absent until it was read for the first time. */
  row: TaskRow | undefined
  readonly streams: Set<Stream<unknown>>
}

export interface TaskWatchOptions {
  readonly topic: Topic
  /** Asked before every event: rights may shrink while a subscription lives. */
  readonly who: () => Actor | undefined
  readonly reads: LiveReads
  /** Thrown into a stream whose task the actor may no longer see. */
  readonly gone: () => Error
  readonly onEnd: (stream: Stream<unknown>) => void
}

function openStream<T>(
  options: TaskWatchOptions,
  take: () => T | undefined | Promise<T | undefined>,
): Stream<T> {
  const { topic, who, gone, onEnd } = options
  const guarded = () => {
    if (topic.row === undefined || !canSeeTask(who(), topic.row)) throw gone()
    return take()
  }
  const stream: Stream<T> = new Stream<T>(guarded, () => onEnd(stream))
  topic.streams.add(stream)
  return stream
}

/** The row now, and each time it is another one; a slow subscriber misses what was in between, never the last. */
export function watchRow(options: TaskWatchOptions): Stream<TaskRow> {
  let shown: TaskRow | undefined
  return openStream(options, () => {
    const { row } = options.topic
    if (row === shown) return undefined
    shown = row
    return row
  })
}

/** Every event beyond `after`, without a gap. */
export function watchEvents(options: TaskWatchOptions, after: number): Stream<EventRow> {
  const { topic, reads } = options
  const ahead: EventRow[] = []
  let position = after
  return openStream(options, async () => {
    // The row is written with its events, so it says whether there is anything to read.
    if (ahead.length === 0 && position < (topic.row?.lastSeq ?? 0)) {
      ahead.push(...(await reads.events(topic.taskId, position)))
    }
    const next = ahead.shift()
    if (next !== undefined) position = next.seq
    return next
  })
}

export interface OutputWanted {
  readonly stepNo: number
  /** Absent: the current attempt, and each later one after it. */
  readonly attemptNo?: number | null
  readonly after: number
}

/** Chunks by number. Of one attempt it ends when that is over; otherwise it goes on with the next attempt, from its first. */
export function watchOutput(options: TaskWatchOptions, wanted: OutputWanted): Stream<OutputChunk> {
  const { topic, reads } = options
  const ahead: OutputChunk[] = []
  let attempt = wanted.attemptNo ?? 0
  let position = wanted.after

  const fill = async (): Promise<void> => {
    const current = await reads.attemptOf(topic.taskId, wanted.stepNo)
    if (attempt === 0) attempt = current
    if (attempt === 0) return
    ahead.push(...(await reads.output(topic.taskId, wanted.stepNo, attempt, position)))
    if (ahead.length > 0 || attempt >= current) return
    if (wanted.attemptNo) {
      stream.end()
      return
    }
    attempt += 1
    position = 0
    await fill()
  }
  const stream = openStream(options, async () => {
    if (ahead.length === 0) await fill()
    const next = ahead.shift()
    if (next !== undefined) position = next.seq
    return next
  })
  return stream
}
