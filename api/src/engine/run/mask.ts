import { isExactNumber } from '../../base/exact-json.ts'

/** Shorter values are not masked: they would hide half of the text and protect nothing. */
const secretLengthMin = 4
export const maskText = '••••••'

/**
 * Secrets that all tasks of a process share, such as configuration items. They only grow: what was a secret once may still come
 * back in the output of a step that was rendered with it.
 */
export class SharedSecrets {
  readonly #forms = new Set<string>()
  /** Made once for all the tasks that have no secrets of their own. */
  #search: Search | undefined

  add(secrets: Iterable<string>): void {
    const before = this.#forms.size
    for (const form of formsOfAll(secrets)) this.#forms.add(form)
    if (this.#forms.size > before) this.#search = searchOf(this.#forms)
  }

  get search(): Search | undefined {
    return this.#search
  }

  searchWith(own: ReadonlySet<string>): Search | undefined {
    return own.size === 0 ? this.#search : searchOf(new Set([...own, ...this.#forms]))
  }
}

interface Search {
  readonly pattern: RegExp
  /** Characters of the longest form. */
  readonly longest: number
}

function searchOf(forms: ReadonlySet<string>): Search | undefined {
  const sorted = [...forms].sort((a, b) => b.length - a.length)
  const [longest] = sorted
  if (longest === undefined) return undefined
  return { pattern: new RegExp(sorted.map(patternOf).join('|'), 'g'), longest: longest.length }
}

/**
 * Replaces secrets in text before it is stored: as they are, as JSON escapes them, URL-encoded, in base64, and the
 * single lines of secrets that have several. A secret that is a number is only found as a whole number.
 */
export class Masker {
  #own: ReadonlySet<string>
  readonly #shared: SharedSecrets | undefined
  /** What `#found` was made with. */
  #with: Search | undefined
  #found: Search | undefined

  constructor(secrets: Iterable<string>, shared?: SharedSecrets) {
    this.#own = formsOfAll(secrets)
    this.#shared = shared
    this.#with = shared?.search
    this.#found = shared ? shared.searchWith(this.#own) : searchOf(this.#own)
  }

  /** Shared secrets may come while a task runs. */
  get #search(): Search | undefined {
    if (this.#shared && this.#shared.search !== this.#with) {
      this.#with = this.#shared.search
      this.#found = this.#shared.searchWith(this.#own)
    }
    return this.#found
  }

  /** More secrets of the same task; what was one before stays one. */
  learn(secrets: Iterable<string>): void {
    this.#own = new Set([...this.#own, ...formsOfAll(secrets)])
    this.#found = this.#shared ? this.#shared.searchWith(this.#own) : searchOf(this.#own)
  }

  mask(text: string): string {
    const search = this.#search
    return search ? text.replace(search.pattern, maskText) : text
  }

  /** Where a piece of text may be cut so that a secret that has only half arrived stays together in the rest. */
  cutBefore(text: string): number {
    const search = this.#search
    if (!search) return text.length
    const cut = Math.max(0, text.length - search.longest + 1)
    for (const match of text.matchAll(search.pattern)) {
      const end = match.index + match[0].length
      if (match.index < cut && end > cut) return end
    }
    return cut
  }

  /** Every text and number inside a JSON value, keys too. */
  maskDeep(value: unknown): unknown {
    if (!this.#search) return value
    if (typeof value === 'string') return this.mask(value)
    if (typeof value === 'number') return this.mask(String(value)) === maskText ? maskText : value
    if (Array.isArray(value)) return value.map((each) => this.maskDeep(each))
    if (value === null || typeof value !== 'object') return value
    if (isExactNumber(value)) return this.mask(value.rawJSON) === maskText ? maskText : value
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [this.mask(key), this.maskDeep(each)]),
    )
  }
}

function formsOfAll(secrets: Iterable<string>): Set<string> {
  const forms = new Set<string>()
  for (const secret of secrets)
    for (const form of formsOf(secret)) if (form.length >= secretLengthMin) forms.add(form)
  return forms
}

function formsOf(secret: string): string[] {
  const lines = secret.includes('\n') ? secret.split('\n').map((line) => line.trim()) : []
  // Half a character has no URL form, and is stored as another one.
  return [secret, secret.toWellFormed(), ...lines].flatMap((text) => [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text.toWellFormed()),
    Buffer.from(text).toString('base64').replace(/=+$/, ''),
  ])
}

/** 4711 in the middle of a longer number is another number. */
function patternOf(text: string): string {
  if (/^\d+$/.test(text)) return `(?<!\\d)${text}(?!\\d)`
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
