import { placeOf } from '../../seal.ts'
import type { SignalRow } from '../../store/signal.ts'
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
  note(run, signal, { changed })
  if (input) {
    run.values.setInput(input)
    run.draft.input(run.key.sealJson(input, placeOf.input))
  }
  if (resolverInput) {
    run.values.setResolverInput(resolverInput)
    run.draft.resolverInput(run.key.sealJson(resolverInput, placeOf.resolverInput))
  }
  run.masker.learn(secretsOf(run.plan, input ?? {}, resolverInput ?? {}))
  run.task.patch.title = titleOf(run.plan, run.values, run.masker)
  if (tags) run.task.patch.tags = mapValues(tags, (value) => run.masker.mask(value))
  run.task.touch()
}

function mapValues(record: Record<string, string>, f: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]))
}
