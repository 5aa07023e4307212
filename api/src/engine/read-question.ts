import type { QuestionForm } from './question-door.ts'
import { callbackUrl, isTokenOf } from './questions.ts'
import type { Masker } from './run/mask.ts'
import { placeOf, type TaskKey } from './seal.ts'
import type { AskedRow } from './store/question.ts'

/** What a step asks, for people; secrets of its task are masked. */
export interface OpenedQuestion {
  readonly taskId: string
  readonly stepNo: number
  readonly kind: 'callback' | 'input'
  readonly form: QuestionForm
  readonly createdAt: Date
  readonly expiresAt: Date | undefined
  readonly answeredAt: Date | undefined
  readonly isOpen: boolean
  readonly url: string | undefined
}

export function openQuestion(row: AskedRow, key: TaskKey, masker: Masker, ownUrl: string): OpenedQuestion {
  const { id, ofStep, stepNo, kind, tokenHash } = row
  const form = key.openJson(row.form, placeOf.question(stepNo))
  // After a re-encryption the key makes another token, which nobody could use.
  const isKnown = tokenHash !== null && isTokenOf(tokenHash, key, id)
  return {
    taskId: row.taskId,
    stepNo: ofStep,
    kind,
    form: masker.maskDeep(form) as QuestionForm,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt ?? undefined,
    answeredAt: row.answeredAt ?? undefined,
    isOpen: row.answeredAt === null && row.closedAt === null,
    url: isKnown ? callbackUrl(ownUrl, id, key) : undefined,
  }
}
