import { Counter, Gauge, type Registry } from 'prom-client'

/** What is counted of the engine of this process; the engine itself is one. */
export interface FigureSource {
  readonly counts: {
    readonly created: number
    readonly takeovers: number
    readonly found: number
    readonly lives: number
    readonly removed: number
    readonly repaired: number
  }
  readonly hints: number
  readonly isLeading: boolean
  readonly executor: {
    readonly runs: { readonly size: number }
    readonly slots: { readonly waiting: number }
    readonly flusher: {
      readonly counts: {
        readonly flushes: number
        readonly entries: number
        readonly fenced: number
        readonly retries: number
      }
    }
  }
}

type Reading = [name: string, help: string, read: (engine: FigureSource) => number]

const totals: readonly Reading[] = [
  ['stint_tasks_created_total', 'Tasks that this process created.', ({ counts }) => counts.created],
  [
    'stint_takeovers_total',
    'Tasks that this process freed from dead executors.',
    ({ counts }) => counts.takeovers,
  ],
  [
    'stint_safety_net_found_total',
    'Claimable tasks without a hint; above 0 only after cut connections.',
    ({ counts }) => counts.found,
  ],
  [
    'stint_executor_lives_total',
    'Beginnings as an executor; the first is the start.',
    ({ counts }) => counts.lives,
  ],
  [
    'stint_tasks_removed_total',
    'Tasks that this process deleted as the leader because their time was over; internal ones too.',
    ({ counts }) => counts.removed,
  ],
  [
    'stint_task_counts_repaired_total',
    'Tasks by which this process, as the leader, found their counts wrong; above 0 only after writes past the engine.',
    ({ counts }) => counts.repaired,
  ],
  ['stint_hints_total', 'Hints that came from the queue.', ({ hints }) => hints],
  ['stint_flushes_total', 'Group commits of this life.', ({ executor }) => executor.flusher.counts.flushes],
  ['stint_flushed_entries_total', 'What those carried.', ({ executor }) => executor.flusher.counts.entries],
  [
    'stint_flush_retries_total',
    'Flushes that were tried again.',
    ({ executor }) => executor.flusher.counts.retries,
  ],
  [
    'stint_fenced_total',
    'Writes that were refused because the task is held by another.',
    ({ executor }) => executor.flusher.counts.fenced,
  ],
]

const levels: readonly Reading[] = [
  ['stint_tasks_held', 'Tasks that this process advances now.', ({ executor }) => executor.runs.size],
  [
    'stint_slots_waiting',
    'Tasks with a step that waits for a place among the running actions.',
    ({ executor }) => executor.slots.waiting,
  ],
  [
    'stint_is_leader',
    '1 where the timers and the rescue of the cluster run.',
    ({ isLeading }) => Number(isLeading),
  ],
]

/** Reads the engine at every scrape; nothing is counted twice. */
export function registerEngine(registry: Registry, engine: FigureSource): void {
  const registers = [registry]
  for (const [name, help, read] of totals) {
    const counter = new Counter({
      name,
      help,
      registers,
      collect: () => {
        counter.reset()
        counter.inc(read(engine))
      },
    })
  }
  for (const [name, help, read] of levels) {
    const gauge = new Gauge({
      name,
      help,
      registers,
      collect: () => {
        gauge.set(read(engine))
      },
    })
  }
}
