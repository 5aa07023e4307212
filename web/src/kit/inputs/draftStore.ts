const keyOf = (purpose: string) => `stint.draft.${purpose}`

/** What somebody had typed into a form before the page was left or loaded anew; undefined when there is nothing. */
export function storedDraft<Draft>(purpose: string): Draft | undefined {
  try {
    const text = sessionStorage.getItem(keyOf(purpose))
    return text ? (JSON.parse(text) as Draft) : undefined
  } catch {
    return undefined
  }
}

/** Keeps a draft until the tab is closed; undefined forgets it. The caller leaves secrets out. */
export function storeDraft(purpose: string, draft: unknown): void {
  try {
    if (draft === undefined) sessionStorage.removeItem(keyOf(purpose))
    else sessionStorage.setItem(keyOf(purpose), JSON.stringify(draft))
  } catch {
    // The draft then lives as long as the page.
  }
}
