import { useCallback, useEffect, useMemo, useState } from 'react'
import type { FieldProblem } from '../../client/problems.ts'
import { afterPress } from '../form/afterPress.ts'
import type { Draft, DraftValue } from '../inputs/draft.ts'
import { storeDraft, storedDraft } from '../inputs/draftStore.ts'
import { answerOf, startAnswer } from './answer.ts'
import { problemsOf } from './check.ts'
import { formOf, type JsonSchema } from './fields.ts'

// `answer.size`, `/size` and `size` all mean the field `size`.
const keyOfProblem = (name: string) =>
  name
    .replace(/^answer[./]/, '')
    .replace(/^\//, '')
    .replaceAll('/', '.')

/**
 * A form made from a JSON Schema: its fields, what was typed, what is to be shown as wrong, and the answer for the API. A
 * field shows its problem only after it was left or the form was sent. What was typed outlives a reload, secrets do not.
 * `before`: the answer that is changed; absent: a new one.
 */
export function useSchemaForm(purpose: string, schema: JsonSchema, before?: unknown) {
  const fields = useMemo(() => formOf(schema), [schema])
  const [draft, setDraft] = useState<Draft>(() => ({
    ...startAnswer(fields, before),
    ...storedDraft<Draft>(purpose),
  }))
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const [isSent, setSent] = useState(false)
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map())
  useEffect(() => {
    const secret = new Set(fields.filter((field) => field.kind === 'secret').map((field) => field.key))
    storeDraft(purpose, Object.fromEntries(Object.entries(draft).filter(([key]) => !secret.has(key))))
  }, [purpose, fields, draft])
  const problems = useMemo(() => problemsOf(fields, draft), [fields, draft])
  const change = useCallback((key: string, value: DraftValue) => {
    setDraft((before) => ({ ...before, [key]: value }))
    setRefused((before) => (before.has(key) ? new Map([...before].filter(([one]) => one !== key)) : before))
  }, [])
  const touch = useCallback(
    (key: string) => afterPress(() => setTouched((before) => new Set(before).add(key))),
    [],
  )
  return {
    fields,
    draft,
    change,
    touch,
    problems,
    answer: () => answerOf(fields, draft),
    problemOf: (key: string) =>
      refused.get(key) ?? (isSent || touched.has(key) ? problems.get(key) : undefined),
    send: () => setSent(true),
    refuse: (found: readonly FieldProblem[]) =>
      setRefused(new Map(found.map(({ name, message }) => [keyOfProblem(name), message]))),
    forget: () => storeDraft(purpose, undefined),
  }
}

export type SchemaForm = ReturnType<typeof useSchemaForm>
