import { useCallback, useEffect, useMemo, useState } from 'react'
import type { FieldProblem } from '../../client/problems.ts'
import { storeDraft, storedDraft } from '../../kit/inputs/draftStore.ts'
import {
  countOptions,
  noOptions,
  type OptionName,
  type OptionsDraft,
  problemsOfOptions,
  requestOfOptions,
  restoreOptions,
} from './options.ts'

const isOption = (name: string): name is OptionName => name in noOptions

/** The options of a task to be started: what was typed, what is wrong with it, and whether the section is open. */
export function useOptionsForm(template: string) {
  const purpose = `${template} options`
  const [draft, setDraft] = useState<OptionsDraft>(() => restoreOptions(storedDraft(purpose)))
  const [isOpen, setOpen] = useState(false)
  const [isSent, setSent] = useState(false)
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map())
  useEffect(() => storeDraft(purpose, draft), [purpose, draft])
  const found = useMemo(() => problemsOfOptions(draft), [draft])
  const change = useCallback(<Name extends OptionName>(name: Name, value: OptionsDraft[Name]) => {
    setDraft((before) => ({ ...before, [name]: value }))
    // The server's word was about the old value.
    setRefused((before) => new Map([...before].filter(([one]) => one !== name)))
  }, [])
  return {
    draft,
    change,
    isOpen,
    setOpen,
    count: countOptions(draft),
    problems: found,
    problemOf: (name: OptionName) => refused.get(name) ?? (isSent ? found.get(name) : undefined),
    request: () => requestOfOptions(draft),
    /** What is wrong is shown, wherever it hides. */
    send: () => {
      setSent(true)
      if (found.size > 0) setOpen(true)
    },
    /** Takes what the server says about them. */
    refuse: (fields: readonly FieldProblem[]) => {
      const own = fields.filter(({ name }) => isOption(name))
      setRefused(new Map(own.map(({ name, message }) => [name, message])))
      if (own.length > 0) setOpen(true)
    },
    forget: () => storeDraft(purpose, undefined),
  }
}

export type OptionsForm = ReturnType<typeof useOptionsForm>
