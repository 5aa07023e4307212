/** Is it the end of a task that somebody cancelled? As the word of a signal and of an ending. */
export function isCancel(word: string | undefined): word is 'cancel' | 'force-cancel' {
  return word === 'cancel' || word === 'force-cancel'
}

/** Ends a task at once, whatever its actions do. */
export function isForced(ending: string | undefined): boolean {
  return ending === 'force-cancel' || ending === 'force-unlock'
}
