import type { App } from '../../base/app.ts'
import { countBornElsewhere, countByKey, taskKeys } from '../../engine/store/sealed.ts'
import type { AnySql } from '../../postgres/connect.ts'
import { type Actor, demand } from '../access/model.ts'
import type { KeyRingState, RotationState } from './model.ts'
import { sealedTables } from './sealed-tables.ts'
import { findKeys, findRingProcesses, findRotation, type RotationRow } from './store.ts'

interface Uses {
  /** Rows of all tables by the key that wraps them, and of the tasks alone. */
  readonly rows: ReadonlyMap<string, number>
  readonly tasks: ReadonlyMap<string, number>
}

async function usesOf(sql: AnySql): Promise<Uses> {
  const rows = new Map<string, number>()
  const tasks = new Map<string, number>()
  for (const table of sealedTables) {
    for (const { keyId, count } of await countByKey(sql, table)) {
      rows.set(keyId, (rows.get(keyId) ?? 0) + count)
      if (table === taskKeys) tasks.set(keyId, count)
    }
  }
  return { rows, tasks }
}

const sum = (counts: Iterable<number>) => [...counts].reduce((all, each) => all + each, 0)

/** How far the rotation has come, by the rows themselves. */
async function progressOf(sql: AnySql, uses: Uses, row: RotationRow, current: string) {
  const rows = sum(uses.rows.values())
  const wrapped = uses.rows.get(current) ?? 0
  if (row.kind === 'rewrap') return { done: wrapped, total: rows }
  const tasks = sum(uses.tasks.values())
  const renewed = tasks - (await countBornElsewhere(sql, current, row.taskId))
  return { done: wrapped + renewed, total: rows + tasks }
}

async function rotationOf(sql: AnySql, uses: Uses, current: string): Promise<RotationState | undefined> {
  const row = await findRotation(sql)
  if (row === undefined) return undefined
  const { taskId, kind, startedAt, endedAt, error } = row
  const state = row.state === 'stopped' ? row.result : row.state
  return { taskId, kind, state, startedAt, endedAt, error, ...(await progressOf(sql, uses, row, current)) }
}

/** The keys of the ring and the newest rotation; walks the tables that are sealed. Asks nobody's permission. */
export async function ringState(sql: AnySql): Promise<KeyRingState> {
  const [known, processes, uses] = [await findKeys(sql), await findRingProcesses(sql), await usesOf(sql)]
  const wrapping = new Set(processes.map(({ keyIds }) => keyIds[0]))
  const keys = known.map(({ id, createdAt, isCurrent }) => ({
    id,
    createdAt,
    isNewest: isCurrent,
    tasks: uses.tasks.get(id) ?? 0,
    mayBeRemoved: !isCurrent && (uses.rows.get(id) ?? 0) === 0 && !wrapping.has(id),
  }))
  const current = known.find(({ isCurrent }) => isCurrent)?.id ?? ''
  return { keys, rotation: await rotationOf(sql, uses, current) }
}

/** The same for people; needs `key.manage`. */
export async function keyRing({ sql }: App, actor: Actor | undefined): Promise<KeyRingState> {
  demand(actor, 'key.manage')
  return ringState(sql)
}
