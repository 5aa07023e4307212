import { limits } from '@stint/schema/limits'
import { cleanText } from './error-summary.ts'
import type { Masker } from './mask.ts'
import type { Plan } from './plan.ts'
import type { RunValues } from './values.ts'

/** The rendered `title_format` as one line, secrets masked. */
export function titleOf(plan: Plan, values: RunValues, masker: Masker): string {
  const title = masker.mask(rendered(values, plan.template.titleFormat)).replace(/\s+/g, ' ').trim()
  return cleanText(title === '' ? plan.template.name : title, limits.titleLengthMax)
}

/** A title or tag that cannot be rendered must not keep a task from running: it shows the text as it stands. */
export function rendered(values: RunValues, text: string): string {
  try {
    return values.text(text)
  } catch {
    return text
  }
}
