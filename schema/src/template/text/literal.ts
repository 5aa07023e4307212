import { TextSyntaxError, type Token } from './tokens.ts'

const simpleEscapes: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
}
const codeEscape = /^(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{3})/

/** The text that a Go string or rune literal stands for. */
export function decodeQuoted(token: Token): string {
  const body = token.text.slice(1, -1)
  if (token.text.startsWith('`')) return body.replaceAll('\r', '')
  if (!body.includes('\\')) return body
  let out = ''
  for (let i = 0; i < body.length; i++) {
    if (body[i] !== '\\') {
      out += body[i]
      continue
    }
    const simple = simpleEscapes[body[i + 1] ?? '']
    if (simple !== undefined) {
      out += simple
      i++
      continue
    }
    const code = codeEscape.exec(body.slice(i + 1))?.[0]
    const point = code === undefined ? Number.NaN : pointOf(code)
    if (!(point <= 0x10ffff)) {
      throw new TextSyntaxError(`unknown escape \\${body[i + 1] ?? ''}`, token.start + 1 + i)
    }
    out += String.fromCodePoint(point)
    i += (code as string).length
  }
  return out
}

function pointOf(code: string): number {
  return /^[xuU]/.test(code) ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 8)
}

export type NumberLiteral =
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }

/** Go's number syntax; a leading 0 alone means octal there (`010` is 8). */
export function decodeNumber(text: string): NumberLiteral {
  const sign = text.startsWith('-') ? -1 : 1
  const digits = text.replace(/^[+-]/, '').replaceAll('_', '').toLowerCase()
  if (/^0x.*[.p]/.test(digits)) return { type: 'float', value: sign * hexFloat(digits) }
  if (/^0[0-7]+$/.test(digits)) return { type: 'int', value: BigInt(sign) * BigInt(`0o${digits.slice(1)}`) }
  if (/^(?:0[xob][\da-f]+|\d+)$/.test(digits)) return { type: 'int', value: BigInt(sign) * BigInt(digits) }
  return { type: 'float', value: sign * Number(digits) }
}

function hexFloat(digits: string): number {
  const [, whole = '', fraction = '', power = '0'] =
    /^0x([\da-f]*)\.?([\da-f]*)(?:p([+-]?\d+))?$/.exec(digits) ?? []
  return Number.parseInt(`${whole}${fraction}` || '0', 16) * 2 ** (Number(power) - 4 * fraction.length)
}
