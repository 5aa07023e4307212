import { isScalar, parseDocument } from 'yaml'

/** Of one item; larger ones are no configuration. */
export const itemBytesMax = 262_144

/**
 * The value of an item's text: JSON or YAML where it is a structure, a number or a boolean, otherwise the text as it stands,
 * without the line end that editors put behind it (a key of many lines must not be folded into one).
 * `kind`, from the ending of a file, makes a text that is no YAML an error. Never says anything of the text in its errors.
 */
export function itemValue(text: string, kind: 'structured' | 'any'): unknown {
  if (Buffer.byteLength(text) > itemBytesMax) throw new Error(`it has more than ${itemBytesMax} bytes`)
  if (text.includes('\0')) throw new Error('it holds a NUL')
  const document = parseDocument(text, { prettyErrors: false, intAsBigInt: true, merge: true })
  const [problem] = document.errors
  if (problem !== undefined && kind === 'structured') {
    throw new Error(`it is neither JSON nor YAML (at character ${problem.pos[0]})`)
  }
  const raw = text.replace(/\r?\n$/, '')
  if (problem !== undefined) return raw
  const { contents } = document
  const isPlainText = isScalar(contents) && typeof contents.value === 'string' && contents.type === 'PLAIN'
  if (isPlainText || contents === null) return raw
  return plainValue(document.toJS({ maxAliasCount: 100 }))
}

/** Whole numbers that a JavaScript number cannot hold stay the text of their digits. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return BigInt(Number(value)) === value ? Number(value) : String(value)
  if (Array.isArray(value)) return value.map(plainValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainValue(each)]))
}
