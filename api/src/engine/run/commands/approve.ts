import { mergeLinks } from '../../lock.ts'
import { placeOf } from '../../seal.ts'
import type { SignalRow } from '../../store/signal.ts'
import { errorSummaryOf } from '../error-summary.ts'
import { linksOf, wantsOf } from '../links.ts'
import type { RunningTask } from '../running-task.ts'
import { titleOf } from '../title.ts'
import { note } from './note.ts'

export function resolve(run: RunningTask, signal: SignalRow): void {
  if (run.task.state !== 'pending' || run.task.patch.reason !== 'approval') return
  note(run, signal)
  if (signal.payload) {
    const input = run.key.openJson(signal.payload, placeOf.signal)
    run.values.setResolverInput(input as Record<string, unknown>)
    run.draft.resolverInput(run.key.sealJson(input, placeOf.resolverInput))
  }
  nameResolver(run, signal.actor)
  if (nameResources(run)) goWhenFree(run)
}

/** The title may name who accepted it, or what he filled in. */
function nameResolver({ plan, values, masker, task }: RunningTask, name: string): void {
  values.setTask({ resolver_username: name })
  task.patch.title = titleOf(plan, values, masker)
  task.touch()
}

/** The template may name resources by what the resolver said: only now they are known. False when they cannot be named. */
function nameResources(run: RunningTask): boolean {
  const { plan, facts, values, masker, host, locks } = run
  try {
    const links = linksOf(plan, facts.label, values, masker, [], host.limitOf)
    if (links.length > 0) run.draft.links(links)
    locks.setWants(wantsOf(mergeLinks([...locks.wants, ...links])))
    return true
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    run.task.patch.errorSummary = errorSummaryOf(masker.mask(message))
    run.pauseReason = 'input-invalid'
    run.end('pause', false)
    return false
  }
}

export function reject(run: RunningTask, signal: SignalRow): void {
  if (run.task.state !== 'pending' || run.task.patch.reason !== 'approval') return
  note(run, signal)
  run.stop('rejected', 'CANCELLED')
}

/** A task this one waits for has stopped; what all of them did was read when the signal arrived. */
export function dependency(run: RunningTask): void {
  if (run.task.state === 'scheduled' && run.task.patch.reason === 'dependency') goWhenFree(run)
}

/** Nobody has to accept the task any more: it starts, unless other tasks or its time hold it back. */
function goWhenFree(run: RunningTask): void {
  const failed = run.dependencies.find((each) => each.state === 'stopped' && each.result === 'error')
  if (failed) {
    run.task.patch.errorSummary = errorSummaryOf(`a task it depends on failed: ${failed.title}`)
    return run.stop('dependency-failed', 'PRUNE')
  }
  const { startAt, state } = run.task.patch
  const isHeld = run.dependencies.some((each) => each.state !== 'stopped')
  const isEarly = startAt !== undefined && startAt.getTime() > run.host.now().getTime()
  if (!isHeld && !isEarly) return run.task.queue()
  const reason = isHeld ? 'dependency' : 'start-at'
  if (state === 'scheduled') run.task.setReason(reason)
  else run.task.moveTo('scheduled', reason)
}
