import { checkInputs } from '@stint/schema/inputs'
import type { TemplateInput } from '@stint/schema/template-types'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { FieldProblem } from '../../client/problems.ts'
import { afterPress } from '../form/afterPress.ts'
import {
  type Draft,
  type DraftValue,
  draftOfValues,
  restoreDraft,
  startDraft,
  storableDraft,
  valuesOfDraft,
} from './draft.ts'
import { storeDraft, storedDraft } from './draftStore.ts'

type GivenValues = Readonly<Record<string, unknown>>

const pick = (values: Readonly<Record<string, unknown>>, inputs: readonly TemplateInput[]) =>
  Object.fromEntries(inputs.flatMap(({ name }) => (name in values ? [[name, values[name]]] : [])))

const byName = (problems: readonly FieldProblem[]) =>
  new Map(problems.map((problem) => [problem.name, problem.message]))

/**
 * A form made from inputs: what was typed, which problems are to be shown, and the values for the API. Problems come from the
 * checker that the server uses too; a field shows its own only after it was left or the form was sent. `given` are values
 * that were chosen before, in place of the defaults.
 */
export function useInputForm(purpose: string, inputs: readonly TemplateInput[], given?: GivenValues) {
  const [draft, setDraft] = useState<Draft>(() => {
    const start = given ? draftOfValues(inputs, given) : startDraft(inputs)
    const stored = storedDraft<Draft>(purpose)
    return stored ? restoreDraft(start, stored) : start
  })
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const [isSent, setSent] = useState(false)
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map())
  useEffect(() => storeDraft(purpose, storableDraft(inputs, draft)), [purpose, inputs, draft])
  const values = useMemo(() => valuesOfDraft(inputs, draft), [inputs, draft])
  const found = useMemo(() => {
    // A secret that was chosen before is shown masked and stays what it is: there is nothing to check.
    const isKept = ({ name, type }: TemplateInput) =>
      type === 'password' && given?.[name] !== undefined && values[name] === given[name]
    const changed = inputs.filter((input) => !isKept(input))
    return byName(checkInputs(changed, pick(values, changed)).problems)
  }, [inputs, values, given])
  const change = useCallback((name: string, value: DraftValue) => {
    setDraft((before) => ({ ...before, [name]: value }))
    // The server's word was about the old value.
    setRefused((before) => (before.has(name) ? new Map([...before].filter(([one]) => one !== name)) : before))
  }, [])
  const touch = useCallback(
    (name: string) => afterPress(() => setTouched((before) => new Set(before).add(name))),
    [],
  )
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
