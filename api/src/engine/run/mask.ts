/** Shorter values are not masked: they would hide half of the text and protect nothing. */
const secretLengthMin = 4
export const maskText = '••••••'

/**
 * Replaces secrets in text before it is stored: as they are, as JSON escapes them, URL-encoded, in base64, and the
 * single lines of secrets that have several.
 */
export class Masker {
  readonly #pattern: RegExp | undefined
  /** Characters of the longest form. */
  readonly #longest: number

  constructor(secrets: Iterable<string>) {
    const forms = new Set<string>()
    for (const secret of secrets)
      for (const form of formsOf(secret)) if (form.length >= secretLengthMin) forms.add(form)
    const sorted = [...forms].sort((a, b) => b.length - a.length)
    this.#longest = sorted[0]?.length ?? 0
    this.#pattern = sorted.length > 0 ? new RegExp(sorted.map(escaped).join('|'), 'g') : undefined
  }

  mask(text: string): string {
    return this.#pattern ? text.replace(this.#pattern, maskText) : text
  }

  /** Where a piece of text may be cut so that a secret that has only half arrived stays together in the rest. */
  cutBefore(text: string): number {
    if (!this.#pattern) return text.length
    const cut = Math.max(0, text.length - this.#longest + 1)
    for (const match of text.matchAll(this.#pattern)) {
      const end = match.index + match[0].length
      if (match.index < cut && end > cut) return end
    }
    return cut
  }

  /** Every string inside a JSON value, keys too. */
  maskDeep(value: unknown): unknown {
    if (!this.#pattern) return value
    if (typeof value === 'string') return this.mask(value)
    if (Array.isArray(value)) return value.map((each) => this.maskDeep(each))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [this.mask(key), this.maskDeep(each)]),
    )
  }
}

function formsOf(secret: string): string[] {
  const lines = secret.includes('\n') ? secret.split('\n').map((line) => line.trim()) : []
  return [secret, ...lines].flatMap((text) => [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    Buffer.from(text).toString('base64').replace(/=+$/, ''),
  ])
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
