import type { Change } from '../change.ts'
import { movesOf, type News, type StepMove } from '../news.ts'
import type { SentDraft } from './draft.ts'
import type { RunningTask } from './running-task.ts'

/** What happened is put together only when somebody listens, and from what this flush writes. */
export function tellNews(run: RunningTask, { change, started }: SentDraft): void {
  const tell = run.host.newsOfRun
  if (tell === undefined || run.facts.isInternal) return
  const asks = change.task?.reason === 'waiting-input' && run.task.toldReason !== 'waiting-input'
  if (change.task) run.task.toldReason = change.task.reason
  const news = newsOfRun(run, change, { started, asks })
  if (news !== undefined) change.also = () => tell(news)
}

/** What a flush says about a task that runs; undefined when neither it nor one of its steps moved. */
function newsOfRun(
  { facts, task, steps }: RunningTask,
  change: Change,
  { started, asks }: { readonly started: readonly number[]; readonly asks: boolean },
): News | undefined {
  const moves = movesOf(change.events)
  const moved: StepMove[] = [
    ...started.map((no) => ({ name: steps.nameOf(no), state: 'RUNNING' })),
    ...(change.attempts ?? []).map(({ stepNo, state }) => ({ name: steps.nameOf(stepNo), state })),
  ]
  const { title, state, result, reason, errorSummary, tags } = task.patch
  if (moves.length === 0 && moved.length === 0 && !asks) return undefined
  return {
    taskId: facts.id,
    label: facts.label,
    ownerName: facts.ownerName,
    resolvers: facts.resolvers,
    resolverGroups: facts.resolverGroups,
    title,
    state,
    result,
    reason,
    errorSummary,
    tags: { ...tags },
    // Not those that failed: they may run again.
    stepsDone: steps.rows.filter((step) => steps.isFinal(step)).length,
    stepsTotal: steps.rows.length,
    moves,
    steps: moved,
    asks,
  }
}
