import type { App } from '../../base/app.ts'
import { keptOf } from '../../engine/removal.ts'
import { type KeptBy, weighFamilies } from '../../engine/store/removal.ts'
import { type Actor, demand } from '../access/model.ts'
import { InputProblem } from './input-problem.ts'
import type { TaskRow } from './model.ts'
import { tasksByIds } from './store/lists.ts'
import type { VerbFacts } from './verb-rules.ts'
import { whyNot } from './verbs.ts'

/** A task that was named for a deletion, and stays. */
export interface KeptTask {
  readonly id: string
  /** Why, as a sentence. */
  readonly message: string
}

/** What a deletion of named tasks would be about. */
export interface DeletionPlan {
  /** How many of them would go. */
  readonly tasks: number
  /** Sub-tasks that go with them. */
  readonly children: number
  /** Attempts of all of them, each with its output and log. */
  readonly attempts: number
  readonly kept: readonly KeptTask[]
}

/** Of sub-tasks, and of attempts, no more are counted. */
export const weighedMax = 100_000
/** So many are named at once. */
export const namedMax = 1000

const sentences: Record<KeptBy, string> = {
  unfinished: 'One of its sub-tasks, or a delivery about it, is not over.',
  'not-due': 'It changed a moment ago.',
  resumed: 'Somebody takes it up again.',
  awaited: 'Another task depends on it and has not begun.',
  rate: 'Its start still counts within the rate of a limit.',
}

// A deletion asks neither settings nor templates.
const noFacts: VerbFacts = { allowDangerous: false, template: undefined }

/** Throws `InputProblem` when too many are named. */
export function demandNameable(ids: readonly string[] | undefined): void {
  if (ids !== undefined && ids.length > namedMax)
    throw new InputProblem([{ name: 'ids', message: `At most ${namedMax} at once.` }])
}

export interface Judged {
  readonly going: readonly TaskRow[]
  readonly kept: readonly KeptTask[]
}

async function judgeRows(app: App, actor: Actor, rows: readonly TaskRow[]): Promise<Judged> {
  const keptBy = await keptOf(
    app.sql,
    rows.map(({ id }) => id),
  )
  const going: TaskRow[] = []
  const kept: KeptTask[] = []
  for (const row of rows) {
    const by = keptBy.get(row.id)
    const message = whyNot('delete', actor, row, noFacts) ?? (by && sentences[by])
    if (message === undefined) going.push(row)
    else kept.push({ id: row.id, message })
  }
  return { going, kept }
}

/** Which of these tasks could go now, and why the others could not. */
export async function judgeNamed(
  app: App,
  actor: Actor,
  ids: readonly string[] | undefined,
): Promise<Judged> {
  if (ids === undefined || ids.length === 0) return { going: [], kept: [] }
  const rows = await tasksByIds(app.sql, actor, ids)
  const { going, kept } = await judgeRows(app, actor, rows)
  const found = new Set(rows.map(({ id }) => id))
  const missing = [...new Set(ids)].filter((id) => !found.has(id))
  const message = 'There is no such task, or you may not see it.'
  return { going, kept: [...kept, ...missing.map((id) => ({ id, message }))] }
}

/** After a deletion: those that stay, also those that could have gone. */
export async function stillThere(
  app: App,
  actor: Actor,
  { going, kept }: Judged,
): Promise<readonly KeptTask[]> {
  const rows = await tasksByIds(
    app.sql,
    actor,
    going.map(({ id }) => id),
  )
  const now = await judgeRows(app, actor, rows)
  const message = 'Somebody writes to it at this moment, or the filter leaves it out. Try again.'
  return [...kept, ...now.kept, ...now.going.map(({ id }) => ({ id, message }))]
}

/** What would go with these tasks, and which of them would stay. Nothing is deleted. Needs `task.delete`; throws `InputProblem`. */
export async function planDeletion(
  app: App,
  actor: Actor | undefined,
  ids: readonly string[],
): Promise<DeletionPlan> {
  demand(actor, 'task.delete')
  demandNameable(ids)
  const { going, kept } = await judgeNamed(app, actor, ids)
  const weight = await weighFamilies(
    app.sql,
    going.map(({ id }) => id),
    weighedMax,
  )
  return { tasks: going.length, ...weight, kept }
}
