/**
 * What becomes of each part of what is imported. `kept` it means the same here · `converted` it has another form or place ·
 * `ignored` it has no meaning here, and why · `person` somebody has to do something.
 */
export const verdicts = ['kept', 'converted', 'ignored', 'person'] as const
export type Verdict = (typeof verdicts)[number]

export interface Entry {
  readonly file: string
  /** The key of a configuration, as `utask-cfg.base_url`. */
  readonly key?: string
  readonly line?: number
  readonly column?: number
  readonly verdict: Verdict
  /** Never holds a value that could be a secret. */
  readonly message: string
}

/** The record of an import, in the order in which it was written. */
export class Journal {
  readonly entries: Entry[] = []

  note(
    file: string,
    verdict: Verdict,
    message: string,
    more: Pick<Entry, 'key' | 'line' | 'column'> = {},
  ): void {
    this.entries.push({ file, ...more, verdict, message })
  }

  count(verdict: Verdict): number {
    return this.entries.filter((entry) => entry.verdict === verdict).length
  }
}

/** The same for the keys of one configuration item. */
export class KeyJournal {
  readonly #journal: Journal
  readonly #file: string
  readonly #item: string

  constructor(journal: Journal, file: string, item: string) {
    this.#journal = journal
    this.#file = file
    this.#item = item
  }

  note(key: string | undefined, verdict: Verdict, message: string): void {
    this.#journal.note(this.#file, verdict, message, {
      key: key === undefined ? this.#item : `${this.#item}.${key}`,
    })
  }
}

const words: Record<Verdict, string> = {
  kept: 'kept      ',
  converted: 'converted ',
  ignored: 'ignored   ',
  person: 'YOUR TURN ',
}

export function entryLine({ file, key, line, column, verdict, message }: Entry): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
  return `${words[verdict]} ${place}${key === undefined ? '' : ` ${key}`}: ${message}`
}
