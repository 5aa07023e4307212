import type { App } from '../../base/app.ts'
import { msOfDuration, type Settings } from '../settings/model.ts'
import { readSettings } from '../settings/read.ts'
import type { TaskRow } from './model.ts'

/** For how long a task is kept; the engine's sweep goes by the same (engine/sweep.ts). */
export interface Kept {
  /** When its time is over; null while it is not over itself, for a child, and when it is kept for ever. */
  readonly until: Date | null
  readonly sentence: string
}

type KeptTask = Pick<TaskRow, 'parentId' | 'endedAt' | 'keepSeconds'>

const units: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
]

/** In the largest unit that needs no fraction: `30 days`, `36 hours`. */
function spanOf(ms: number): string {
  const [unitMs, name] = units.find(([each]) => ms >= each && ms % each === 0) ?? [1000, 'second']
  const count = Math.round(ms / unitMs)
  return `${count.toLocaleString('en')} ${name}${count === 1 ? '' : 's'}`
}

/** Pure: what the template and the setting make of one task. */
export function keptBy(
  { keep_tasks_for }: Pick<Settings, 'keep_tasks_for'>,
  task: KeptTask,
  now: Date,
): Kept {
  if (task.parentId !== null)
    return { until: null, sentence: 'As long as the task that it is a part of, and not longer.' }
  const isByTemplate = task.keepSeconds !== null
  const ms = task.keepSeconds !== null ? task.keepSeconds * 1000 : msOfDuration(keep_tasks_for)
  if (ms === undefined) return { until: null, sentence: 'For ever: the setting keep_tasks_for says so.' }
  const by = isByTemplate ? 'its template' : 'the setting keep_tasks_for'
  if (task.endedAt === null)
    return { until: null, sentence: `For ${spanOf(ms)} once it is over: ${by} says so.` }
  const until = new Date(task.endedAt.getTime() + ms)
  const sentence =
    until.getTime() > now.getTime()
      ? `For ${spanOf(ms)} since it ended: ${by} says so. Then it is deleted, with its children, logs and deliveries.`
      : 'Its time is over: the next clean-up deletes it, unless other tasks still need it.'
  return { until, sentence }
}

export async function keptOf(app: App, task: KeptTask): Promise<Kept> {
  return keptBy(await readSettings(app), task, app.clock.now())
}
