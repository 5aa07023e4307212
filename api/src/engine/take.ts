import type { Logger } from '../base/log.ts'
import { Problem } from '../base/problem.ts'
import type { Sql } from '../postgres/connect.ts'
import { endLeftGroup } from './actions/process-group.ts'
import type { Flusher } from './flush.ts'
import { bootId } from './machine.ts'
import type { RunHost } from './run/host.ts'
import { loadRuns } from './run/load.ts'
import { changeOfUnreadable, type UnloadableTask } from './run/unreadable.ts'
import { findProcessesHere } from './store/step.ts'
import type { TaskRow } from './store/task.ts'

/*
 * From claimed rows to runners. The rows are ours already: whatever happens here, they must not be lost.
 */

interface TakeParts {
  readonly sql: Sql
  readonly log: Logger
  readonly flusher: Flusher
  /** This executor is dead to the cluster: others have the rows now. */
  isOver(): boolean
  /** See RunHost. */
  leaveAlone(taskId: string): void
}

/**
 * Claims what nobody holds, in one flush. A row that the database refuses to give must not keep those beside it, which would be
 * asked for with it again and again.
 */
export async function claimRows(
  parts: Pick<TakeParts, 'flusher' | 'log'>,
  ids: readonly string[],
): Promise<readonly TaskRow[]> {
  const { flusher, log } = parts
  try {
    return await new Promise<readonly TaskRow[]>((resolve, reject) => {
      flusher.submit({ kind: 'claim', ids, claimed: resolve, refused: reject })
    })
  } catch (error) {
    if (error instanceof Problem) throw error
    if (ids.length === 1) {
      log.error({ err: error, taskId: ids[0] }, 'the database does not give this task')
      return []
    }
    const middle = Math.ceil(ids.length / 2)
    const halves = [ids.slice(0, middle), ids.slice(middle)]
    return (await Promise.all(halves.map((half) => claimRows(parts, half)))).flat()
  }
}

/** Reads what runners are made of, until that works. */
export async function loadClaimed(parts: TakeParts, host: RunHost, rows: readonly TaskRow[]) {
  for (let tries = 1; ; tries++) {
    try {
      await killLeftovers(parts, rows)
      return await loadRuns(parts.sql, host, rows)
    } catch (error) {
      if (parts.isOver()) throw error
      parts.log.warn({ err: error, tries }, 'claimed tasks not read yet')
      await new Promise((resolve) => setTimeout(resolve, Math.min(2000, 100 * tries)))
    }
  }
}

/** Child processes that another executor of this machine left running must be gone before their step runs again. */
async function killLeftovers({ sql, log }: TakeParts, rows: readonly TaskRow[]): Promise<void> {
  const taken = rows.filter((row) => row.takeovers > 0).map((row) => row.id)
  if (taken.length === 0) return
  for (const step of await findProcessesHere(sql, taken, bootId())) {
    if (await endLeftGroup(step.processGroup, step.processStartedAt, 0)) {
      log.warn(
        { taskId: step.taskId, step: step.name, processGroup: step.processGroup },
        'killed what another executor left running',
      )
    }
  }
}

/** A task that this process cannot even read: it pauses, so that a person sees why, or ends if somebody asked for that. */
export function refuseUnreadable(parts: TakeParts, unloadable: UnloadableTask, at: Date): void {
  const { log, flusher, leaveAlone } = parts
  const { row, error } = unloadable
  log.error({ err: error, taskId: row.id }, 'a claimed task cannot be loaded')
  flusher.submit({
    kind: 'change',
    change: changeOfUnreadable(unloadable, at),
    written: () => {},
    fenced: () => {},
    refused: (why) => {
      log.error({ err: why, taskId: row.id }, 'cannot pause an unreadable task')
      leaveAlone(row.id)
    },
  })
}
