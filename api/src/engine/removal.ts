import { newId } from '../base/ids.ts'
import { announce, packIds } from '../postgres/announce.ts'
import type { AnySql, Sql } from '../postgres/connect.ts'
import { channels } from '../postgres/listen.ts'
import { keepDeleted } from './store/deleted.ts'
import {
  type DoomedTask,
  deleteTasks,
  type FamilyMember,
  findFamilies,
  type JudgedMember,
  judgeFamilies,
  type KeepRule,
  type KeptBy,
  limitRemoval,
  lockStopped,
} from './store/removal.ts'
import { insertCounts } from './store/task-count.ts'
import { tallyOfRemoval } from './tally.ts'
import { testPoint } from './test-points.ts'

export interface Removed {
  /** The id that the entry about it has on the record, if it gets one: what stays of the tasks points to it. */
  readonly recordId: string
  /** What decided that they go. */
  readonly by: KeepRule['by']
  readonly tasks: number
  readonly internal: number
  /** Of all tables, those of the tasks included. */
  readonly rows: number
  /** How many of the tasks have which label; internal ones are not told. */
  readonly labels: Readonly<Record<string, number>>
}

/** Puts on record what is deleted, in the transaction that does it. */
export type OnRemoved = (tx: AnySql, removed: Removed) => Promise<void>

/** One transaction deletes so many tasks; a family with more goes alone. */
const tasksPerBatch = 500

/** Families as they are found, some at a time: head → all its members. */
export function batchesOf(members: readonly FamilyMember[]): ReadonlyMap<string, readonly string[]>[] {
  const families = new Map<string, string[]>()
  for (const { headId, id } of members) {
    const family = families.get(headId)
    if (family) family.push(id)
    else families.set(headId, [id])
  }
  const batches: Map<string, readonly string[]>[] = []
  let size = Number.POSITIVE_INFINITY
  for (const [head, ids] of families) {
    if (size + ids.length > tasksPerBatch) {
      batches.push(new Map())
      size = 0
    }
    batches.at(-1)?.set(head, ids)
    size += ids.length
  }
  return batches
}

/** Deletes those families of a batch that may go, in one transaction; undefined when none may. */
export async function removeFamilies(
  sql: Sql,
  rule: KeepRule,
  batch: ReadonlyMap<string, readonly string[]>,
  onRemoved: OnRemoved | undefined,
): Promise<Removed | undefined> {
  return sql.begin(async (tx) => {
    await limitRemoval(tx)
    const locked = new Map((await lockStopped(tx, [...batch.values()].flat())).map((row) => [row.id, row]))
    await testPoint('sweep.locked')
    const heads = [...batch].filter(([, ids]) => ids.every((id) => locked.has(id))).map(([head]) => head)
    if (heads.length === 0) return undefined
    const doomed = freeOf(await judgeFamilies(tx, rule, heads), locked)
    if (doomed.length === 0) return undefined
    return removeDoomed(tx, rule, doomed, onRemoved)
  })
}

/** Deletes what is locked and kept by nothing. Pages hear of it as of any other change: the ids travel packed, at the commit. */
async function removeDoomed(
  tx: AnySql,
  { by }: KeepRule,
  doomed: readonly DoomedTask[],
  onRemoved: OnRemoved | undefined,
): Promise<Removed> {
  const ids = doomed.map(({ id }) => id)
  const visible = doomed.filter(({ isInternal }) => !isInternal)
  const recordId = newId()
  await keepDeleted(tx, ids, recordId)
  const rows = await deleteTasks(tx, ids)
  await countRemoved(tx, doomed)
  const removed = { recordId, by, rows, ...countsOf(doomed) }
  await onRemoved?.(tx, removed)
  await announce(tx, channels.tasks, packIds(visible.map(({ id }) => id)))
  return removed
}

/**
 * Deletes tasks because a person says so, whatever their time: those of them that are over, with all that belongs to them, unless
 * something keeps them (see engine/sweep.ts). Children go only with their parents. Returns how many tasks went, theirs included.
 */
export async function removeTasks(sql: Sql, ids: readonly string[], onRemoved: OnRemoved): Promise<number> {
  let tasks = 0
  for (const batch of batchesOf(await findFamilies(sql, ids))) {
    tasks += (await removeFamilies(sql, { by: 'person' }, batch, onRemoved))?.tasks ?? 0
  }
  return tasks
}

/** Of these tasks those that no person could delete now, each with what keeps it. */
export async function keptOf(sql: AnySql, ids: readonly string[]): Promise<Map<string, KeptBy>> {
  const kept = new Map<string, KeptBy>()
  for (const { headId, keptBy } of await judgeFamilies(sql, { by: 'person' }, ids)) {
    if (keptBy !== null) kept.set(headId, keptBy)
  }
  return kept
}

/** All members of the families of which every one is locked and nothing keeps one. */
function freeOf(judged: readonly JudgedMember[], locked: ReadonlyMap<string, DoomedTask>): DoomedTask[] {
  const kept = new Set<string>()
  for (const { headId, id, keptBy } of judged) if (keptBy !== null || !locked.has(id)) kept.add(headId)
  const doomed = new Map<string, DoomedTask>()
  for (const { headId, id } of judged) {
    const row = locked.get(id)
    if (row && !kept.has(headId)) doomed.set(id, row)
  }
  return [...doomed.values()]
}

async function countRemoved(tx: AnySql, doomed: readonly DoomedTask[]): Promise<void> {
  const counts = tallyOfRemoval(doomed)
  if (counts.length > 0) await insertCounts(tx, counts)
}

function countsOf(doomed: readonly DoomedTask[]): Pick<Removed, 'tasks' | 'internal' | 'labels'> {
  const labels: Record<string, number> = {}
  for (const { label, isInternal } of doomed) if (!isInternal) labels[label] = (labels[label] ?? 0) + 1
  const internal = doomed.filter(({ isInternal }) => isInternal).length
  return { tasks: doomed.length - internal, internal, labels }
}
