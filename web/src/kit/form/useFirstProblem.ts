import { type RefObject, useEffect, useState } from 'react'

/**
 * Leads to the first field that is wrong. Called together with what makes fields wrong, it waits until that is drawn: an
 * animation frame may come before.
 */
export function useFirstProblem(form: RefObject<HTMLFormElement | null>): () => void {
  const [asked, ask] = useState(0)
  useEffect(() => {
    if (asked > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [asked, form])
  return () => ask((before) => before + 1)
}
