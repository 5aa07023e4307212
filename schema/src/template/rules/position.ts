import { isScalar, type Scalar } from 'yaml'
import type { Place } from '../read/reader.ts'

const escapeLengths: Record<string, number> = { x: 4, u: 6, U: 10 }
const blank = /\s/

/**
 * Where character `index` of a scalar's text stands in the document. The text has lost quotes, escapes, indentation and
 * folded line ends; the two are walked side by side, and white space, which folding changes, may differ in amount.
 */
export function offsetInScalar(source: string, place: Place, text: string, index: number): number {
  if (!isScalar(place.node) || place.node.range == null) return place.offset
  const quote = quoteOf(place.node)
  let at = startOf(source, place.node)
  for (let i = 0; i < index; ) {
    const character = text[i] as string
    if (quote === '"' && source[at] === '\\') {
      const next = source[at + 1] ?? ''
      if (next === '\n' || next === '\r') {
        at += 2
        while (blank.test(source[at] ?? '')) at++
        continue
      }
      // An escape of a character beyond 16 bits stands for two units of the text.
      const units = next === 'U' && character >= '\ud800' && character <= '\udbff' ? 2 : 1
      at += escapeLengths[next] ?? 2
      i += units
      continue
    }
    if (blank.test(character)) {
      i++
      if (source[at] === character) at++
      continue
    }
    while (source[at] !== character && blank.test(source[at] ?? '')) at++
    if (source[at] !== character) return place.offset
    at += quote === "'" && character === "'" ? 2 : 1
    i++
  }
  while (blank.test(source[at] ?? '') && !blank.test(text[index] ?? ' ')) at++
  return at
}

function quoteOf(node: Scalar): '"' | "'" | '' {
  if (node.type === 'QUOTE_DOUBLE') return '"'
  return node.type === 'QUOTE_SINGLE' ? "'" : ''
}

/** Behind the quote, or on the first line of a block. */
function startOf(source: string, node: Scalar): number {
  const start = node.range?.[0] ?? 0
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') {
    const lineEnd = source.indexOf('\n', start)
    return lineEnd < 0 ? start : lineEnd + 1
  }
  return quoteOf(node) === '' ? start : start + 1
}
