import { isAlias, isMap, isScalar, isSeq, type Node, Scalar } from 'yaml'
import { type FindingCode, type Findings, pathOf } from '../findings.ts'
import { flagOfWord, isOldFlagWord } from '../flag-words.ts'
import { suggestion } from '../suggestion.ts'
import type { Finding } from '../types.ts'
import type { OpenedDocument } from './document.ts'

/** A value in the document: its node (aliases followed), where it starts, and its path for people. */
export interface Place {
  readonly node: Node
  readonly offset: number
  readonly path: string
}

export interface Entry {
  readonly name: string
  /** Where the key stands. */
  readonly key: Place
  readonly value: Place
}

/** The entries of an object under the names that were asked for; null values count as absent, as in µTask. */
export type Fields<K extends string> = { readonly [name in K]?: Place } & {
  readonly $: Place
}

/** Through aliases the same node may be read many times; this bounds what an alias bomb can cost. */
const nodesMax = 250_000
const depthMax = 64

/** Reads values of a checked YAML document in the shapes that a template has, noting every fault at its place. */
export class Reader {
  readonly findings: Findings
  /** The text of the document. */
  readonly source: string
  readonly #targets: ReadonlyMap<Node, Node>
  #nodes = 0

  constructor(opened: OpenedDocument) {
    this.findings = opened.findings
    this.source = opened.source
    this.#targets = opened.aliasTargets
  }

  fault(place: Place, code: FindingCode, message: string, severity: 'error' | 'warning' = 'error'): void {
    this.findings.add(code, place.offset, place.path, message, severity)
  }

  positionOf({ offset, path }: Place): Pick<Finding, 'line' | 'column' | 'path'> {
    return { ...this.findings.positionOf(offset), path }
  }

  place(node: Node, path: string): Place {
    const offset = node.range?.[0] ?? 0
    if (++this.#nodes > nodesMax) throw new TooLarge(offset, path)
    return { node: isAlias(node) ? (this.#targets.get(node) ?? node) : node, offset, path }
  }

  /** Entries in the order of the text; merge keys (`<<`) filled in behind, what stands here wins. */
  entries(place: Place, what: string, depth = 0): Entry[] {
    if (depth > depthMax) throw new TooLarge(place.offset, place.path)
    if (!isMap(place.node)) {
      this.#wrongType(place, `${what} must be an object (key: value lines)`)
      return []
    }
    const found = new Map<string, Entry>()
    const merged: Entry[] = []
    for (const pair of place.node.items) {
      const keyNode = pair.key as Node
      const valueNode = (pair.value as Node | null) ?? (pair.key as Node)
      if (isScalar(keyNode) && typeof keyNode.value === 'symbol') {
        merged.push(...this.#merged(this.place(valueNode, place.path), what, depth + 1))
        continue
      }
      const name = isScalar(keyNode) ? this.#words(keyNode) : undefined
      if (name === undefined) {
        this.#wrongType(this.place(keyNode, place.path), 'a key must be a plain word')
        continue
      }
      const path = pathOf(place.path, name)
      const value = pair.value === null ? absent(keyNode, path) : this.place(valueNode, path)
      this.#refuseUnstorable(this.place(keyNode, path), name)
      if (found.has(name))
        this.findings.add(
          'duplicate-key',
          keyNode.range?.[0] ?? 0,
          '',
          'This key stands twice in the same object; remove one.',
        )
      found.set(name, { name, key: { node: keyNode, offset: keyNode.range?.[0] ?? 0, path }, value })
    }
    for (const entry of merged) if (!found.has(entry.name)) found.set(entry.name, entry)
    return [...found.values()]
  }

  #merged(place: Place, what: string, depth: number): Entry[] {
    if (!isSeq(place.node)) return this.entries(place, what, depth)
    return this.items(place, what).flatMap((item) => this.entries(item, what, depth))
  }

  /**
   * An object with known keys; others are refused with the nearest known one. Keys match in any case, as in µTask.
   * `elsewhere` explains keys that are known but have no place here; those that are `isOwn` belong to the author.
   */
  object<K extends string>(
    place: Place,
    what: string,
    keys: readonly K[],
    elsewhere: (key: string) => { code: FindingCode; message: string } | undefined = () => undefined,
    isOwn: (key: string) => boolean = () => false,
  ): Fields<K> | undefined {
    const fields: Record<string, Place> = { $: place }
    for (const entry of this.entries(place, what)) {
      const key = keys.find((known) => known === entry.name || known === entry.name.toLowerCase())
      if (key === undefined && isOwn(entry.name)) continue
      if (key === undefined) {
        const other = elsewhere(entry.name)
        this.fault(
          entry.key,
          other?.code ?? 'unknown-key',
          other?.message ?? `${what} has no key "${entry.name}"${suggestion(entry.name, keys)}`,
        )
      } else if (fields[key] !== undefined) {
        this.fault(entry.key, 'duplicate-key', `"${key}" stands twice in the same object; remove one.`)
      } else if (!isNull(entry.value.node)) {
        fields[key] = entry.value
      }
    }
    return isMap(place.node) ? (fields as unknown as Fields<K>) : undefined
  }

  items(place: Place, what: string): Place[] {
    if (!isSeq(place.node)) {
      this.#wrongType(place, `${what} must be a list`)
      return []
    }
    return place.node.items.map((item, i) => this.place(item as Node, pathOf(place.path, i)))
  }

  /** A text; scalars of other types are taken as written, as µTask does: `expected: 404` is the text "404". */
  text(place: Place, what: string): string | undefined {
    if (!isScalar(place.node)) {
      this.#wrongType(place, `${what} must be a text`)
      return undefined
    }
    const text = this.#words(place.node)
    if (text !== undefined) this.#refuseUnstorable(place, text)
    if (text === undefined) {
      this.fault(place, 'missing-key', `${what} is empty.`)
      return undefined
    }
    this.#warnOfOldBoolean(place, text)
    return text
  }

  /** A boolean, with the words of YAML 1.1 (`yes`, `off`, …) and quoted ones. */
  flag(place: Place, what: string): boolean | undefined {
    const value = isScalar(place.node) ? place.node.value : undefined
    if (typeof value === 'boolean') return value
    const said = typeof value === 'string' ? flagOfWord(value) : undefined
    if (said === undefined) this.#wrongType(place, `${what} must be true or false`)
    return said
  }

  /** As `plain`, where booleans are wanted: the words of YAML 1.1 are booleans then, those of a list too. */
  plainFlags(place: Place): unknown {
    if (isSeq(place.node)) return this.items(place, 'this').map((item) => this.plainFlags(item))
    const word = oldFlagWord(place)
    return word === undefined ? this.plain(place) : flagOfWord(word)
  }

  integer(place: Place, what: string, min: number, max: number): number | undefined {
    const value = isScalar(place.node) ? place.node.value : undefined
    const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
    if (typeof number !== 'bigint' && !Number.isInteger(number)) {
      this.#wrongType(place, `${what} must be a whole number`)
      return undefined
    }
    const whole = Number(number)
    if (whole >= min && whole <= max) return whole
    this.fault(place, 'out-of-range', `${what} must be from ${min} to ${max}.`)
    return undefined
  }

  choice<T extends string>(place: Place, what: string, choices: readonly T[]): T | undefined {
    const text = this.text(place, what)
    if (text === undefined || (choices as readonly string[]).includes(text)) return text as T | undefined
    this.fault(
      place,
      'wrong-value',
      `${what} must be one of ${choices.join(', ')}, not "${text}"${suggestion(text, choices)}`,
    )
    return undefined
  }

  texts(place: Place, what: string): { text: string; place: Place }[] {
    return this.items(place, what).flatMap((item) => {
      const text = this.text(item, `each of ${what}`)
      return text === undefined ? [] : [{ text, place: item }]
    })
  }

  /**
   * Any JSON value, uncoerced. A whole number beyond 2^53 is kept as the text of its digits.
   * `onText` sees every text in it, keys excepted.
   */
  plain(place: Place, onText?: (place: Place, text: string) => void, depth = 0): unknown {
    const { node } = place
    if (depth > depthMax) throw new TooLarge(place.offset, place.path)
    if (isMap(node)) {
      this.#refuseUnquotedHandle(place)
      return Object.fromEntries(
        this.entries(place, 'this').map((entry) => [entry.name, this.plain(entry.value, onText, depth + 1)]),
      )
    }
    if (isSeq(node)) return this.items(place, 'this').map((item) => this.plain(item, onText, depth + 1))
    if (!isScalar(node)) return null
    const value = this.#plainScalar(place, node)
    if (typeof value === 'string') onText?.(place, value)
    return value
  }

  #plainScalar(place: Place, node: Scalar): unknown {
    const { value } = node
    if (typeof value === 'bigint') {
      if (BigInt(Number(value)) === value) return Number(value)
      this.fault(
        place,
        'number-precision',
        'This number is too long to stay exact; it is kept as text.',
        'warning',
      )
      return String(value)
    }
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.fault(place, 'wrong-value', 'JSON has no such number.')
      return null
    }
    if (typeof value === 'string') {
      this.#warnOfOldBoolean(place, value)
      this.#refuseUnstorable(place, value)
    }
    return value ?? null
  }

  /** PostgreSQL has neither NUL nor half a character in its texts. */
  #refuseUnstorable(place: Place, text: string): void {
    if (!text.includes('\0') && text.isWellFormed()) return
    this.fault(place, 'wrong-value', 'This text holds a NUL or half of a character, which cannot be stored.')
  }

  #warnOfOldBoolean(place: Place, text: string): void {
    if (oldFlagWord(place) === text) {
      this.fault(
        place,
        'yaml-boolean',
        `µTask reads ${text} as a boolean, here it is the text "${text}"; write true or false, or put it in quotes.`,
        'warning',
      )
    }
  }

  #refuseUnquotedHandle(place: Place): void {
    const [pair] = isMap(place.node) ? place.node.items : []
    if (isMap(place.node) && place.node.flow && isMap(pair?.key)) {
      this.fault(place, 'unquoted-handle', `A text that begins with "{{" must be put in quotes.`)
    }
  }

  #wrongType(place: Place, message: string): void {
    const [pair] = isMap(place.node) ? place.node.items : []
    if (isMap(pair?.key)) this.#refuseUnquotedHandle(place)
    else this.fault(place, 'wrong-type', `${message}.`)
  }

  /** The text of a scalar: numbers keep their digits (1.50 stays 1.50), null is nothing. */
  #words(node: Scalar): string | undefined {
    const { value } = node
    if (typeof value === 'string') return value
    if (value === null || value === undefined) return undefined
    const isNumber = typeof value === 'number' || typeof value === 'bigint'
    if (isNumber && node.source !== undefined && /^-?\d+(?:\.\d+)?$/.test(node.source)) return node.source
    return String(value)
  }
}

/** The document is larger than anything sensible, through aliases or nesting; ends the reading. */
export class TooLarge extends Error {
  readonly offset: number
  readonly path: string

  constructor(offset: number, path: string) {
    super('the document is too large')
    this.name = 'TooLarge'
    this.offset = offset
    this.path = path
  }
}

function isNull(node: Node): boolean {
  return isScalar(node) && (node.value === null || node.value === undefined)
}

/** `key` in a flow object, with nothing behind it. */
function absent(key: Node, path: string): Place {
  const node = new Scalar(null)
  node.range = key.range
  return { node, offset: key.range?.[0] ?? 0, path }
}

/** The word of YAML 1.1 for true or false that stands here without quotes; undefined for everything else. */
function oldFlagWord({ node }: Place): string | undefined {
  if (!isScalar(node) || node.type !== 'PLAIN' || typeof node.value !== 'string') return undefined
  return isOldFlagWord(node.value) ? node.value : undefined
}
