import { limits } from '@stint/schema/limits'
import { type Link, mergeLinks } from '../../lock.ts'
import { placeOf } from '../../seal.ts'
import type { SignalRow } from '../../store/signal.ts'
import { cleanText, errorSummaryOf } from '../error-summary.ts'
import { linksOf, wantsOf } from '../links.ts'
import type { RunningTask } from '../running-task.ts'
import { secretsOf } from '../task-values.ts'
import { titleOf } from '../title.ts'
import { note } from './note.ts'

/** Checked and complete: defaults are filled in, secrets that were left alone are back. Absent parts stay as they are. */
export interface EditPayload {
  readonly input?: Record<string, unknown>
  readonly resolverInput?: Record<string, unknown>
  readonly tags?: Record<string, string>
  /** Names only: the record is stored in clear. */
  readonly changed: readonly string[]
}

/** May the request of this task be changed now? Not while steps run with it, and not when it is over. */
export function isEditable({ task }: RunningTask): boolean {
  if (task.state === 'paused' || task.state === 'scheduled') return true
  return task.state === 'pending' && task.patch.startedAt === undefined
}

/** Another request for a task that is paused or has not begun; its title is rendered anew. */
export function editRequest(run: RunningTask, signal: SignalRow): void {
  if (!isEditable(run) || !signal.payload) return
  const { input, resolverInput, tags, changed } = run.key.openJson(
    signal.payload,
    placeOf.signal,
  ) as EditPayload
  const before = resourcesOf(run)
  if (input) run.values.setInput(input)
  if (resolverInput) run.values.setResolverInput(resolverInput)
  run.masker.learn(secretsOf(run.plan, input ?? {}, resolverInput ?? {}))
  if (input) run.draft.input(run.key.sealJson(input, placeOf.input))
  if (resolverInput) run.draft.resolverInput(run.key.sealJson(resolverInput, placeOf.resolverInput))
  note(run, signal, { changed })
  nameResourcesAnew(run, before)
  run.task.patch.title = titleOf(run.plan, run.values, run.masker)
  if (tags)
    run.task.patch.tags = mapValues(tags, (value) => cleanText(run.masker.mask(value), limits.textLengthMax))
  run.task.touch()
}

/** Undefined where a text names no resource: the template was at fault before, or this edit is. */
function resourcesOf({ plan, facts, values, masker, host }: RunningTask): Link[] | undefined {
  try {
    return linksOf(plan, facts.label, values, masker, [], host.limitOf)
  } catch {
    return undefined
  }
}

/** Locks follow the request: those of the old one are given back, those of the new one are asked for when the task goes on. */
function nameResourcesAnew(run: RunningTask, before: readonly Link[] | undefined): void {
  // Whoever accepts a task may still add to what it names; it is named then.
  if (run.task.patch.reason === 'approval') return
  const after = resourcesOf(run)
  if (after === undefined) {
    run.task.patch.errorSummary = errorSummaryOf('with this request the task names a resource that cannot be')
    return
  }
  const keys = new Set(after.map(keyOf))
  const gone = (before ?? []).filter((link) => !keys.has(keyOf(link)))
  const known = new Set((before ?? []).map(keyOf))
  if (gone.length === 0 && after.every((link) => known.has(keyOf(link)))) return
  const goneKeys = new Set(gone.map(keyOf))
  run.locks.freeAll()
  run.locks.setWants(
    wantsOf(mergeLinks([...run.locks.wants.filter((link) => !goneKeys.has(keyOf(link))), ...after])),
  )
  if (gone.length > 0) run.draft.dropLinks(gone)
  run.draft.links(after)
  // Its place in the queue is given back: nobody would call it any more. Whoever may start it asks anew.
  if (run.task.state === 'pending') run.task.queue()
}

const keyOf = ({ type, id, operation }: Link) => JSON.stringify([type, id, operation])

function mapValues(record: Record<string, string>, f: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]))
}
