import type { Birth, Change, EventDraft, NewSignal, TaskPeople, WordToChildren } from './change.ts'
import type { DecidedLocks } from './flush-locks.ts'
import type { LockedTask } from './store/task.ts'
import type { CountRow } from './store/task-count.ts'
import { tallyOfFlush } from './tally.ts'

/** A line on the record of a task that this executor need not hold, such as a comment. */
export interface Note {
  readonly taskId: string
  readonly events: readonly EventDraft[]
  /** Who may see and resolve it from now on; no runner writes that. Absent parts stay as they are. */
  readonly people?: TaskPeople
}

/** What one flush writes, by kind. Every list may be empty. */
export interface Batch {
  readonly changes: readonly Change[]
  readonly births: readonly Birth[]
  readonly claims: readonly string[]
  readonly notes: readonly Note[]
}

/** What one flush writes, decided. */
export interface PlannedBatch {
  readonly changes: readonly Change[]
  readonly births: readonly Birth[]
  readonly claims: readonly string[]
  /** Of the claims those of tasks that are over, which go on if they may. */
  readonly revivals: readonly LockedTask[]
  /** What the other changes and the births make of the counts. */
  readonly counts: readonly CountRow[]
  readonly events: { taskId: string; seq: number; event: EventDraft }[]
  /** Events of tasks whose row is not written otherwise. */
  readonly seqOnly: { id: string; events: number }[]
  readonly people: readonly (TaskPeople & { id: string })[]
  readonly stopped: readonly string[]
  readonly wake: readonly string[]
  readonly signals: readonly NewSignal[]
  readonly words: readonly (WordToChildren & { taskId: string })[]
  readonly announced: readonly string[]
}

const none: readonly Birth[] = []

/** Changes of tasks that this executor still holds, and the others' ids: of those nothing may be written. */
export function admit(
  all: readonly Change[],
  locked: ReadonlyMap<string, LockedTask>,
  me: string,
): { changes: Change[]; fenced: Set<string> } {
  const changes: Change[] = []
  const fenced = new Set<string>()
  for (const change of all) {
    const row = locked.get(change.taskId)
    const held = row?.kind === 'reported' ? row.state !== 'stopped' : row?.executorId === me
    if (row && held && row.epoch === change.epoch) changes.push(change)
    else fenced.add(change.taskId)
  }
  return { changes, fenced }
}

/** What of a batch is written, given the locked rows and what became of wished locks; numbers the events. */
export function planBatch(
  batch: Batch,
  admitted: readonly Change[],
  locked: ReadonlyMap<string, LockedTask>,
  decided: DecidedLocks,
): PlannedBatch {
  const changes = admitted
  const events: PlannedBatch['events'] = []
  const seqOnly: PlannedBatch['seqOnly'] = []
  const seqs = new Map<string, number>()
  const number = (taskId: string, drafts: readonly EventDraft[]) => {
    let seq = seqs.get(taskId) ?? locked.get(taskId)?.lastSeq ?? 0
    for (const event of drafts) events.push({ taskId, seq: ++seq, event })
    seqs.set(taskId, seq)
  }
  for (const change of changes) {
    if (!change.events?.length) continue
    number(change.taskId, change.events)
    if (!change.task) seqOnly.push({ id: change.taskId, events: change.events.length })
  }
  for (const note of batch.notes) {
    if (!locked.has(note.taskId)) continue
    number(note.taskId, note.events)
    seqOnly.push({ id: note.taskId, events: note.events.length })
  }
  // What a fenced change wanted to give birth to is not born.
  const born = [...decided.births, ...changes.flatMap((change) => change.births ?? [])]
  const births = [
    ...born,
    ...born.flatMap((birth) => birth.also?.(birth) ?? none),
    ...changes.flatMap((change) => change.also?.() ?? none),
  ]
  for (const birth of births) number(birth.id, birth.events)
  const unclaimed = births.filter(
    (b) => !b.claimed && b.task.state === 'pending' && b.task.reason === 'queued',
  )
  const dependencySignals = births
    .filter((birth) => birth.dependsOn.some((id) => (locked.get(id)?.state ?? 'stopped') === 'stopped'))
    .map((birth): NewSignal => ({ taskId: birth.id, kind: 'dependency', actor: 'engine' }))
  const claims = batch.claims.filter((id) => locked.get(id)?.executorId === null)
  return {
    changes,
    births,
    claims,
    revivals: claims.flatMap((id) => locked.get(id) ?? []).filter(({ state }) => state === 'stopped'),
    counts: tallyOfFlush(births, changes, locked),
    events,
    seqOnly,
    people: batch.notes.flatMap(({ taskId, people }) =>
      people && locked.has(taskId) ? [{ id: taskId, ...people }] : [],
    ),
    stopped: changes.filter((c) => c.task?.state === 'stopped').map((c) => c.taskId),
    wake: [
      ...unclaimed.map((b) => b.id),
      ...changes.filter((c) => c.release && c.wake).map((c) => c.taskId),
      ...dependencySignals.map((s) => s.taskId),
    ],
    signals: [
      ...changes.flatMap((c) => c.signalsTo ?? []),
      ...dependencySignals,
      ...parentSignals(changes, locked),
      ...decided.signals,
    ],
    words: changes.flatMap((c) => (c.tellChildren ? [{ taskId: c.taskId, ...c.tellChildren }] : [])),
    announced: [...new Set([...changes.map((c) => c.taskId), ...events.map((e) => e.taskId)])],
  }
}

/**
 * Whatever ends or pauses a child, or takes that back, is news to the step that waits for it: told here, where every such
 * change passes with the state it leaves, so no command can forget it. One signal per step and flush, however many children end.
 */
function parentSignals(changes: readonly Change[], locked: ReadonlyMap<string, LockedTask>): NewSignal[] {
  const signals = new Map<string, NewSignal>()
  for (const { taskId, task } of changes) {
    const before = locked.get(taskId)
    if (!task || !before?.parentId || task.state === before.state) continue
    if (!restStates.has(task.state) && !restStates.has(before.state)) continue
    const stepNo = before.parentStepNo ?? undefined
    signals.set(`${before.parentId}/${stepNo}`, {
      taskId: before.parentId,
      kind: 'subtask',
      actor: 'engine',
      ...(stepNo !== undefined && { stepNo }),
    })
  }
  return [...signals.values()]
}

/** A child in one of these does not move by itself. */
const restStates: ReadonlySet<string> = new Set(['paused', 'stopped'])
