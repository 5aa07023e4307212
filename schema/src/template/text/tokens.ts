/** A templated text that Go's parser would refuse; `offset` is the place in the text. */
export class TextSyntaxError extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.name = 'TextSyntaxError'
    this.offset = offset
  }
}

export type TokenType =
  | 'word'
  | 'field'
  | 'variable'
  | 'dot'
  | 'string'
  | 'rune'
  | 'number'
  | '('
  | ')'
  | '|'
  | ','
  | ':='
  | '='

export interface Token {
  readonly type: TokenType
  readonly text: string
  readonly start: number
  readonly end: number
  /** Follows the token before it without a space, as the field of `(…).field` must. */
  readonly isGlued: boolean
}

/** A run of plain text, or the inside of one `{{ }}` as tokens. */
export type Piece =
  | { readonly type: 'literal'; readonly text: string; readonly start: number; readonly end: number }
  | {
      readonly type: 'handle'
      readonly tokens: readonly Token[]
      readonly start: number
      readonly end: number
    }

const letter = /[\p{L}_]/u
const wordRest = /[\p{L}\p{Nd}_]*/uy
const fieldRest = /(?:\.[\p{L}_][\p{L}\p{Nd}_]*)*/uy
const numberPattern =
  /[+-]?(?:0[xX][\da-fA-F_]+(?:\.[\da-fA-F_]*)?(?:[pP][+-]?\d+)?|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y
const space = /\s/

/** Cuts a text into plain runs and handles, trim markers applied and comments dropped. */
export function cutText(text: string): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  let trimNext = false
  while (at < text.length) {
    const open = text.indexOf('{{', at)
    const literalEnd = open < 0 ? text.length : open
    const trims = open >= 0 && text[open + 2] === '-' && space.test(text[open + 3] ?? '')
    let literal = text.slice(at, literalEnd)
    let start = at
    if (trimNext) {
      const trimmed = literal.trimStart()
      start += literal.length - trimmed.length
      literal = trimmed
    }
    if (trims) literal = literal.trimEnd()
    if (literal !== '') pieces.push({ type: 'literal', text: literal, start, end: start + literal.length })
    if (open < 0) break
    const inside = readHandle(text, open, open + (trims ? 3 : 2))
    if (inside.tokens !== undefined) {
      pieces.push({ type: 'handle', tokens: inside.tokens, start: open, end: inside.end })
    }
    trimNext = inside.trims
    at = inside.end
  }
  return pieces
}

interface Handle {
  /** Absent for a comment. */
  readonly tokens: readonly Token[] | undefined
  readonly end: number
  readonly trims: boolean
}

function readHandle(text: string, open: number, from: number): Handle {
  let at = from
  while (space.test(text[at] ?? '')) at++
  if (text.startsWith('/*', at)) return readComment(text, open, at)
  const tokens: Token[] = []
  let before = at
  for (;;) {
    while (space.test(text[at] ?? '')) at++
    if (at >= text.length) throw new TextSyntaxError('this handle is not closed: "}}" is missing', open)
    if (text.startsWith('}}', at)) return { tokens, end: at + 2, trims: false }
    if (text.startsWith('-}}', at) && space.test(text[at - 1] ?? '')) {
      return { tokens, end: at + 3, trims: true }
    }
    const token = readToken(text, at, at === before && tokens.length > 0)
    tokens.push(token)
    at = token.end
    before = at
  }
}

function readComment(text: string, open: number, at: number): Handle {
  const close = text.indexOf('*/', at + 2)
  if (close < 0) throw new TextSyntaxError('this comment is not closed: "*/" is missing', open)
  const rest = /\s+-}}|}}/y
  rest.lastIndex = close + 2
  const end = rest.exec(text)
  if (end === null) throw new TextSyntaxError('a comment must fill its handle: expected "}}"', close + 2)
  return { tokens: undefined, end: rest.lastIndex, trims: end[0].length > 2 }
}

function readToken(text: string, at: number, isGlued: boolean): Token {
  const make = (type: TokenType, end: number): Token => {
    return { type, text: text.slice(at, end), start: at, end, isGlued }
  }
  const first = text[at] as string
  if (first === '(' || first === ')' || first === '|' || first === ',') return make(first, at + 1)
  if (first === ':' && text[at + 1] === '=') return make(':=', at + 2)
  if (first === '=') return make('=', at + 1)
  if (first === '"') return make('string', quotedEnd(text, at, '"'))
  if (first === "'") return make('rune', quotedEnd(text, at, "'"))
  if (first === '`') return make('string', rawEnd(text, at))
  if (first === '$') return make('variable', match(fieldRest, text, match(wordRest, text, at + 1)))
  if (/\d/.test(first) || /^(?:[+-]\.?\d|\.\d)/.test(text.slice(at, at + 3))) {
    return make('number', numberEnd(text, at))
  }
  if (first === '.') {
    const end = match(fieldRest, text, at)
    return end === at ? make('dot', at + 1) : make('field', end)
  }
  if (letter.test(first)) return make('word', match(wordRest, text, at))
  throw new TextSyntaxError(strangeCharacter(text, at), at)
}

function strangeCharacter(text: string, at: number): string {
  const name = text[at] === '-' ? /[\p{L}\p{Nd}_-]*$/u.exec(text.slice(0, at))?.[0] : undefined
  if (name) {
    return `"-" cannot stand in a handle; reach a name like "${name}-…" with field or index, as in {{field "step" "${name}-…" "output"}}`
  }
  return `the character ${JSON.stringify(text[at])} cannot stand here in a handle`
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  pattern.exec(text)
  return Math.max(pattern.lastIndex, at)
}

function numberEnd(text: string, at: number): number {
  const end = match(numberPattern, text, at)
  if (letter.test(text[end] ?? '')) throw new TextSyntaxError('this is not a number', at)
  return end
}

function quotedEnd(text: string, at: number, quote: string): number {
  for (let i = at + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === quote) return i + 1
  }
  throw new TextSyntaxError(`this quoted text is not closed: ${quote} is missing`, at)
}

function rawEnd(text: string, at: number): number {
  const close = text.indexOf('`', at + 1)
  if (close < 0) throw new TextSyntaxError('this quoted text is not closed: ` is missing', at)
  return close + 1
}
