import { placeOf } from '../seal.ts'
import { errorSummaryOf } from './error-summary.ts'
import type { RunningTask } from './running-task.ts'

/** Seals what the template's result format makes of the outputs; one that cannot be rendered stands on the record instead. */
export function renderResult({ plan, draft, key, values, masker, host }: RunningTask): void {
  if (Object.keys(plan.template.resultFormat).length === 0) return
  try {
    draft.result(key.sealJson(values.result(), placeOf.result))
  } catch (error) {
    const message = errorSummaryOf(masker.mask(error instanceof Error ? error.message : String(error)))
    draft.event({ at: host.now(), kind: 'task', name: 'result-not-rendered', data: { message } })
  }
}
