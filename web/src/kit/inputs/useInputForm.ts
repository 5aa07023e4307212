import { checkInputs } from '@stint/schema/inputs'
import type { TemplateInput } from '@stint/schema/template-types'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { FieldProblem } from '../../client/problems.ts'
import {
  type Draft,
  type DraftValue,
  restoreDraft,
  startDraft,
  storableDraft,
  valuesOfDraft,
} from './draft.ts'

const keyOf = (purpose: string) => `stint.draft.${purpose}`

function storedDraft(purpose: string): Draft | undefined {
  try {
    const text = sessionStorage.getItem(keyOf(purpose))
    return text ? (JSON.parse(text) as Draft) : undefined
  } catch {
    return undefined
  }
}

function storeDraft(purpose: string, draft: Draft | undefined): void {
  try {
    if (draft) sessionStorage.setItem(keyOf(purpose), JSON.stringify(draft))
    else sessionStorage.removeItem(keyOf(purpose))
  } catch {
    // The draft then lives as long as the page.
  }
}

const byName = (problems: readonly FieldProblem[]) =>
  new Map(problems.map((problem) => [problem.name, problem.message]))

/**
 * A form made from inputs: what was typed, which problems are to be shown, and the values for the API. Problems come from the
 * checker that the server uses too; a field shows its own only after it was left or the form was sent.
 */
export function useInputForm(purpose: string, inputs: readonly TemplateInput[]) {
  const [draft, setDraft] = useState<Draft>(() => {
    const stored = storedDraft(purpose)
    return stored ? restoreDraft(inputs, stored) : startDraft(inputs)
  })
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const [isSent, setSent] = useState(false)
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map())
  useEffect(() => storeDraft(purpose, storableDraft(inputs, draft)), [purpose, inputs, draft])
  const values = useMemo(() => valuesOfDraft(inputs, draft), [inputs, draft])
  const found = useMemo(() => byName(checkInputs(inputs, values).problems), [inputs, values])
  const change = useCallback((name: string, value: DraftValue) => {
    setDraft((before) => ({ ...before, [name]: value }))
    // The server's word was about the old value.
    setRefused((before) => (before.has(name) ? new Map([...before].filter(([one]) => one !== name)) : before))
  }, [])
  const touch = useCallback((name: string) => setTouched((before) => new Set(before).add(name)), [])
  const problemOf = (name: string): string | undefined =>
    refused.get(name) ?? (isSent || touched.has(name) ? found.get(name) : undefined)
  return {
    draft,
    values,
    change,
    touch,
    problemOf,
    problems: found,
    send: () => setSent(true),
    refuse: (fields: readonly FieldProblem[]) => setRefused(byName(fields)),
    forget: () => storeDraft(purpose, undefined),
  }
}
