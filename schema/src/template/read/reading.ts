import type { Place, Reader } from './reader.ts'

/** A templated text and what it may refer to. */
export interface TemplatedText {
  readonly place: Place
  readonly text: string
  readonly use: TextUse
}

export interface TextUse {
  /** `task`: rendered without steps (title, tags) · `result`: when the task is done · `step`: for one step · `shared`: wherever it is used. */
  readonly where: 'task' | 'result' | 'step' | 'shared' | 'function'
  /** The step it belongs to. */
  readonly step?: string
  readonly hasIterator?: boolean
}

/** One reading of one text: the reader, and the templated texts met so far, checked when all names are known. */
export class Reading {
  readonly reader: Reader
  readonly templated: TemplatedText[] = []

  constructor(reader: Reader) {
    this.reader = reader
  }

  /** Notes a text that may hold handles; a text without one costs nothing later. */
  note(place: Place, text: string, use: TextUse): void {
    if (text.includes('{{')) this.templated.push({ place, text, use })
  }

  templatedText(place: Place, what: string, use: TextUse): string | undefined {
    const text = this.reader.text(place, what)
    if (text !== undefined) this.note(place, text, use)
    return text
  }

  /** Any value whose texts may hold handles. */
  templatedValue(place: Place, use: TextUse): unknown {
    return this.reader.plain(place, (at, text) => this.note(at, text, use))
  }

  /** A text of so many bytes, as µTask counts them. */
  sizedText(place: Place, what: string, bytesMin: number, bytesMax: number): string | undefined {
    const text = this.reader.text(place, what)
    if (text === undefined) return undefined
    const bytes = new TextEncoder().encode(text).length
    if (bytes < bytesMin || bytes > bytesMax) {
      this.reader.fault(
        place,
        'wrong-length',
        `${what} must have ${bytesMin} to ${bytesMax} bytes; it has ${bytes}.`,
      )
    }
    return text
  }

  missing(at: Place, key: string, sentence: string): undefined {
    this.reader.fault({ ...at, path: at.path }, 'missing-key', `"${key}" is missing: ${sentence}`)
    return undefined
  }
}
