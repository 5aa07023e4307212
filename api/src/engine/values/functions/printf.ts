import { Float, isNumber, numberOf, numberText } from '../number.ts'
import { goText, isTrue } from '../print.ts'
import { type FunctionEntry, type Run, takes } from '../run.ts'
import { intOf, textOf } from './arguments.ts'

const many = Number.POSITIVE_INFINITY

export const printFunctions: Record<string, FunctionEntry> = {
  print: takes(0, many, (values) => spaced(values)),
  println: takes(0, many, (values) => `${values.map(shown).join(' ')}\n`),
  printf: takes(1, many, ([format, ...values], run) => formatted(textOf(format, 'printf'), values, run)),
  toString: takes(1, 1, ([value], run) => goText(value, run.budget)),
  html: takes(0, many, (values) =>
    spaced(values).replace(/[\0"'&<>]/g, (character) => htmlEscapes[character] ?? ''),
  ),
  js: takes(0, many, (values) => spaced(values).replace(/[\\'"<>&=\u2028\u2029]|\p{Cc}/gu, jsEscape)),
  urlquery: takes(0, many, (values) => {
    return encodeURIComponent(spaced(values).toWellFormed())
      .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll('%20', '+')
  }),
}

const htmlEscapes: Record<string, string> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
}

function jsEscape(character: string): string {
  if (character === '\\' || character === "'" || character === '"') return `\\${character}`
  return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
}

function shown(value: unknown): string {
  return goText(value)
}

/** Go puts a space between two values when neither is a text; numbers from data are texts to it. */
function spaced(values: readonly unknown[]): string {
  let out = ''
  values.forEach((value, i) => {
    if (i > 0 && !isGoString(values[i - 1]) && !isGoString(value)) out += ' '
    out += shown(value)
  })
  return out
}

function isGoString(value: unknown): boolean {
  return (
    typeof value === 'string' || (isNumber(value) && typeof value !== 'bigint' && !(value instanceof Float))
  )
}

const directive = /%([-+# 0]*)(\d+|\*)?(?:\.(\d+))?([a-zA-Z%])/g

function formatted(format: string, values: readonly unknown[], run: Run): string {
  let used = 0
  const out = format.replace(
    directive,
    (_, flags: string, width: string | undefined, precision, verb: string) => {
      if (verb === '%') return '%'
      const wide = width === '*' ? Number(intOf(values[used++])) : Number(width ?? 0)
      run.budget.length(wide)
      if (used >= values.length) return `%!${verb}(MISSING)`
      const text = verbText(
        verb,
        flags,
        precision === undefined ? undefined : Number(precision),
        values[used++],
      )
      return padded(text, wide, flags, verb)
    },
  )
  if (used >= values.length) return out
  const extra = values.slice(used).map((value) => `${kind(value)}=${shown(value)}`)
  return `${out}%!(EXTRA ${extra.join(', ')})`
}

function verbText(verb: string, flags: string, precision: number | undefined, value: unknown): string {
  switch (verb) {
    case 'v':
    case 's':
      return shown(value).slice(0, precision)
    case 'q':
      return JSON.stringify(shown(value))
    case 't':
      return typeof value === 'boolean' ? String(isTrue(value)) : mismatch(verb, value)
    case 'T':
      return kind(value)
    case 'd':
    case 'b':
    case 'o':
    case 'x':
    case 'X':
    case 'c':
      return wholeText(verb, flags, value)
    case 'f':
    case 'F':
      return isNumber(value) ? signed(fixed(numberOf(value), precision ?? 6), flags) : mismatch(verb, value)
    case 'e':
      return isNumber(value) ? goExponent(numberOf(value), precision ?? 6) : mismatch(verb, value)
    case 'g':
      return isNumber(value) ? signed(numberText(value), flags) : mismatch(verb, value)
    default:
      return mismatch(verb, value)
  }
}

function wholeText(verb: string, flags: string, value: unknown): string {
  if (typeof value === 'string' && (verb === 'x' || verb === 'X')) {
    const hex = Buffer.from(value).toString('hex')
    return verb === 'x' ? hex : hex.toUpperCase()
  }
  const isWhole = isNumber(value) && !(value instanceof Float) && /^-?\d+$/.test(numberText(value))
  if (!isWhole) return mismatch(verb, value)
  const whole = intOf(value)
  switch (verb) {
    case 'b':
      return whole.toString(2)
    case 'o':
      return whole.toString(8)
    case 'x':
      return whole.toString(16)
    case 'X':
      return whole.toString(16).toUpperCase()
    case 'c':
      return whole >= 0n && whole <= 0x10ffffn ? String.fromCodePoint(Number(whole)) : '\ufffd'
    default:
      return signed(String(whole), flags)
  }
}

/** Go rounds a tie to the even digit (1.25 → 1.2), toFixed away from zero. */
function fixed(value: number, precision: number): string {
  const places = Math.min(precision, 60)
  const rounded = value.toFixed(places)
  const exact = Math.abs(value).toFixed(Math.min(places + 40, 100))
  const [whole = '', fraction = ''] = exact.split('.')
  const isTie = /^50*$/.test(fraction.slice(places))
  const kept = places === 0 ? whole : `${whole}.${fraction.slice(0, places)}`
  const isEven = Number(kept.at(-1)) % 2 === 0
  return isTie && isEven ? `${value < 0 ? '-' : ''}${kept}` : rounded
}

function signed(digits: string, flags: string): string {
  return flags.includes('+') && !digits.startsWith('-') ? `+${digits}` : digits
}

function goExponent(value: number, precision: number): string {
  return value.toExponential(Math.min(precision, 100)).replace(/e([+-])(\d)$/, 'e$10$2')
}

function padded(text: string, width: number, flags: string, verb: string): string {
  if (flags.includes('-')) return text.padEnd(width)
  if (!flags.includes('0') || !'dfFegxXob'.includes(verb)) return text.padStart(width)
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}

function mismatch(verb: string, value: unknown): string {
  return `%!${verb}(${kind(value)}=${shown(value)})`
}

function kind(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'bigint') return 'int'
  if (value instanceof Float) return 'float64'
  if (isNumber(value)) return 'json.Number'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
}
