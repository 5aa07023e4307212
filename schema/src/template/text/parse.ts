import { suggestion } from '../suggestion.ts'
import { HandleReader, nestingMax } from './handle.ts'
import { cutText, type Piece, TextSyntaxError } from './tokens.ts'
import type { TextNode, TextTree } from './tree.ts'

/** Does the text hold a handle at all? What does not is itself, and costs nothing. */
export function isTemplated(text: string): boolean {
  return text.includes('{{')
}

/** Reads a text as Go's text/template does. Throws TextSyntaxError. */
export function parseText(text: string): TextTree {
  const parser = new Parser(cutText(text), text.length)
  return parser.parse()
}

const enders = new Set(['end', 'else'])

class Parser {
  readonly #pieces: readonly Piece[]
  readonly #length: number
  readonly #definitions = new Map<string, readonly TextNode[]>()
  #at = 0
  /** Declared variables in reach, innermost last. */
  #variables: string[] = ['$']
  readonly #invocations: { name: string; start: number }[] = []
  #ranges = 0
  #depth = 0

  constructor(pieces: readonly Piece[], length: number) {
    this.#pieces = pieces
    this.#length = length
  }

  parse(): TextTree {
    const nodes = this.#body()
    const rest = this.#pieces[this.#at]
    if (rest !== undefined) {
      throw new TextSyntaxError('this handle closes nothing: no if, with, range or block is open', rest.start)
    }
    for (const call of this.#invocations) {
      if (!this.#definitions.has(call.name))
        throw new TextSyntaxError(
          `"${call.name}" is not defined${suggestion(call.name, this.#definitions.keys(), '')}`,
          call.start,
        )
    }
    return { nodes, definitions: this.#definitions }
  }

  /** Up to the `end` or `else` that belongs to the caller. */
  #body(): TextNode[] {
    const nodes: TextNode[] = []
    for (;;) {
      const piece = this.#pieces[this.#at]
      if (piece === undefined) return nodes
      if (piece.type === 'literal') {
        this.#at++
        nodes.push(piece)
        continue
      }
      const first = piece.tokens[0]
      if (first?.type === 'word' && enders.has(first.text)) return nodes
      this.#at++
      const node = this.#handle(piece)
      if (node !== undefined) nodes.push(node)
    }
  }

  #handle(piece: Piece & { type: 'handle' }): TextNode | undefined {
    const reader = this.#reader(piece, 0)
    const first = piece.tokens[0]
    if (first === undefined) throw new TextSyntaxError('this handle is empty', piece.start)
    const keyword = first.type === 'word' ? first.text : ''
    switch (keyword) {
      case 'if':
      case 'with':
      case 'range':
        return this.#branch(keyword, this.#reader(piece, 1), piece)
      case 'define':
        return this.#define(this.#reader(piece, 1), piece)
      case 'block':
        return this.#block(this.#reader(piece, 1), piece)
      case 'template':
        return this.#invoke(this.#reader(piece, 1), piece)
      case 'break':
      case 'continue':
        this.#reader(piece, 1).finish()
        if (this.#ranges === 0) throw new TextSyntaxError(`${keyword} stands outside of a range`, piece.start)
        return { type: keyword, start: piece.start, end: piece.end }
      default: {
        const pipe = reader.pipe()
        reader.finish()
        return { type: 'action', pipe, start: piece.start, end: piece.end }
      }
    }
  }

  #reader(piece: Piece & { type: 'handle' }, from: number): HandleReader {
    return new HandleReader(piece, from, this.#variables)
  }

  #branch(type: 'if' | 'with' | 'range', reader: HandleReader, opening: Piece): TextNode {
    if (++this.#depth > nestingMax) throw new TextSyntaxError('handles are nested too deeply', opening.start)
    const declared = this.#variables.length
    const pipe = reader.pipe()
    reader.finish()
    if (type === 'range') this.#ranges++
    const body = this.#body()
    if (type === 'range') this.#ranges--
    const otherwise = this.#otherwise(type, opening)
    this.#variables.length = declared
    this.#depth--
    return { type, pipe, body, otherwise, start: opening.start, end: opening.end }
  }

  #otherwise(type: string, opening: Piece): TextNode[] {
    const closing = this.#closing(type, opening)
    if (closing.tokens[0]?.text === 'end') return []
    const next = closing.tokens[1]
    if (next?.type === 'word' && (next.text === 'if' || next.text === 'with')) {
      return [this.#branch(next.text, this.#reader(closing, 2), closing)]
    }
    this.#reader(closing, 1).finish()
    const body = this.#body()
    const end = this.#closing(type, opening)
    if (end.tokens[0]?.text !== 'end') throw new TextSyntaxError('a second else', end.start)
    return body
  }

  #closing(type: string, opening: Piece): Piece & { type: 'handle' } {
    const piece = this.#pieces[this.#at++]
    if (piece?.type !== 'handle') {
      throw new TextSyntaxError(`this ${type} is not closed: "{{end}}" is missing`, opening.start)
    }
    if (piece.tokens[0]?.text === 'end') this.#reader(piece, 1).finish()
    return piece
  }

  #define(reader: HandleReader, opening: Piece): undefined {
    const name = reader.name()
    reader.finish()
    this.#definition(name, 'define', opening)
    return undefined
  }

  #block(reader: HandleReader, opening: Piece): TextNode {
    const name = reader.name()
    const pipe = reader.pipe()
    reader.finish()
    this.#definition(name, 'block', opening)
    return { type: 'invoke', name, pipe, start: opening.start, end: opening.end }
  }

  #definition(name: string, type: string, opening: Piece): void {
    if (this.#definitions.has(name)) throw new TextSyntaxError(`"${name}" is defined twice`, opening.start)
    const outer = { ranges: this.#ranges, variables: this.#variables }
    this.#ranges = 0
    this.#variables = ['$']
    const body = this.#body()
    this.#ranges = outer.ranges
    this.#variables = outer.variables
    const end = this.#closing(type, opening)
    if (end.tokens[0]?.text !== 'end') throw new TextSyntaxError(`else has no place in a ${type}`, end.start)
    this.#definitions.set(name, body)
  }

  #invoke(reader: HandleReader, opening: Piece): TextNode {
    const name = reader.name()
    this.#invocations.push({ name, start: opening.start })
    const pipe = reader.isAtEnd ? undefined : reader.pipe()
    reader.finish()
    return { type: 'invoke', name, pipe, start: opening.start, end: Math.min(opening.end, this.#length) }
  }
}
