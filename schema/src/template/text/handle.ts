import { suggestion } from '../suggestion.ts'
import { decodeNumber, decodeQuoted } from './literal.ts'
import { type Piece, TextSyntaxError, type Token } from './tokens.ts'
import type { Command, Operand, Pipe } from './tree.ts'

/** Deeper nesting is refused before it can exhaust the stack of whoever walks the tree. */
export const nestingMax = 64

/** Reads the tokens of one handle; `variables` are those in reach, and grow by what it declares. */
export class HandleReader {
  readonly #tokens: readonly Token[]
  readonly #end: number
  #at: number
  #depth = 0
  readonly #variables: string[]

  constructor(piece: Piece & { type: 'handle' }, from: number, variables: string[]) {
    this.#tokens = piece.tokens
    this.#end = piece.end - 2
    this.#at = from
    this.#variables = variables
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length
  }

  finish(): void {
    const token = this.#tokens[this.#at]
    if (token !== undefined) throw new TextSyntaxError(`"${token.text}" cannot stand here`, token.start)
  }

  name(): string {
    const token = this.#tokens[this.#at++]
    if (token?.type !== 'string') {
      throw new TextSyntaxError('a name in quotes must follow', token?.start ?? this.#end)
    }
    return decodeQuoted(token)
  }

  pipe(): Pipe {
    if (++this.#depth > nestingMax) {
      throw new TextSyntaxError(
        'parentheses are nested too deeply',
        this.#tokens[this.#at]?.start ?? this.#end,
      )
    }
    const start = this.#tokens[this.#at]?.start ?? this.#end
    const { variables, isAssignment } = this.#declarations()
    const commands = [this.#command(0)]
    while (this.#tokens[this.#at]?.type === '|') {
      this.#at++
      commands.push(this.#command(commands.length))
    }
    this.#depth--
    if (!isAssignment) this.#variables.push(...variables)
    return {
      type: 'pipe',
      variables,
      isAssignment,
      commands,
      start,
      end: this.#tokens[this.#at - 1]?.end ?? start,
    }
  }

  #declarations(): { variables: string[]; isAssignment: boolean } {
    const names: string[] = []
    let at = this.#at
    while (this.#tokens[at]?.type === 'variable') {
      names.push((this.#tokens[at] as Token).text)
      at++
      if (this.#tokens[at]?.type !== ',') break
      at++
    }
    const sign = this.#tokens[at]?.type
    if (names.length === 0 || (sign !== ':=' && sign !== '=')) return { variables: [], isAssignment: false }
    const odd = names.find((name) => name.includes('.') || name === '$')
    if (odd !== undefined || names.length > 2) {
      throw new TextSyntaxError(
        `${odd ?? names[2]} cannot be set`,
        this.#tokens[this.#at]?.start ?? this.#end,
      )
    }
    this.#at = at + 1
    if (sign === '=') for (const name of names) this.#declared(name)
    return { variables: names, isAssignment: sign === '=' }
  }

  #command(position: number): Command {
    const operands: Operand[] = []
    const start = this.#tokens[this.#at]?.start ?? this.#end
    for (;;) {
      const token = this.#tokens[this.#at]
      if (token === undefined || token.type === ')' || token.type === '|') break
      this.#at++
      operands.push(this.#operand(token))
    }
    const last = operands.at(-1)
    if (last === undefined) throw new TextSyntaxError('a value or a function is missing', start)
    const first = operands[0] as Operand
    if (first.type !== 'function') {
      if (operands.length > 1) {
        throw new TextSyntaxError('only a function takes arguments', (operands[1] as Operand).start)
      }
      if (position > 0) throw new TextSyntaxError('after "|" a function must follow', first.start)
    }
    return { operands, start, end: last.end }
  }

  #operand(token: Token): Operand {
    const span = { start: token.start, end: token.end }
    switch (token.type) {
      case 'dot':
        return { type: 'dot', ...span }
      case 'field':
        return { type: 'field', path: token.text.slice(1).split('.'), ...span }
      case 'variable': {
        const [name = '$', ...path] = token.text.split('.')
        this.#declared(name)
        return { type: 'variable', name, path, ...span }
      }
      case 'string':
        return { type: 'string', value: decodeQuoted(token), ...span }
      case 'rune':
        return { type: 'int', value: runeOf(token), ...span }
      case 'number':
        return { ...decodeNumber(token.text), ...span }
      case 'word':
        return this.#fieldsOf(wordOperand(token.text, span))
      case '(':
        return this.#parenthesised(token)
      default:
        throw new TextSyntaxError(`"${token.text}" cannot stand here`, token.start)
    }
  }

  #declared(name: string): void {
    if (!this.#variables.includes(name)) {
      const declared = this.#variables.filter((each) => each !== '$')
      throw new TextSyntaxError(
        `${name} is not declared here${suggestion(name, declared, '')}`,
        this.#tokens[this.#at - 1]?.start ?? this.#end,
      )
    }
  }

  #parenthesised(open: Token): Operand {
    const pipe = this.pipe()
    const close = this.#tokens[this.#at]
    if (close?.type !== ')') throw new TextSyntaxError('")" is missing', close?.start ?? this.#end)
    this.#at++
    return this.#fieldsOf({ ...pipe, start: open.start, end: close.end })
  }

  /** Fields that follow without a space belong to the value: `(index .list 0).name`, `now.Year`. */
  #fieldsOf(value: Operand): Operand {
    const field = this.#tokens[this.#at]
    if (field?.type !== 'field' || !field.isGlued) return value
    this.#at++
    const of: Pipe =
      value.type === 'pipe'
        ? value
        : {
            type: 'pipe',
            variables: [],
            isAssignment: false,
            commands: [{ operands: [value], start: value.start, end: value.end }],
            start: value.start,
            end: value.end,
          }
    return { type: 'chain', of, path: field.text.slice(1).split('.'), start: value.start, end: field.end }
  }
}

function wordOperand(word: string, span: { start: number; end: number }): Operand {
  if (word === 'true' || word === 'false') return { type: 'bool', value: word === 'true', ...span }
  if (word === 'nil') return { type: 'nil', ...span }
  return { type: 'function', name: word, ...span }
}

function runeOf(token: Token): bigint {
  const characters = [...decodeQuoted(token)]
  if (characters.length !== 1)
    throw new TextSyntaxError('one character must stand between the quotes', token.start)
  return BigInt((characters[0] as string).codePointAt(0) as number)
}
