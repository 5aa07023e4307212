import type { Command, Operand, Pipe, Span, TextNode, TextTree } from './tree.ts'

/** A value that a text reads, as a path from the root: `.step.x.output` is `['step', 'x', 'output']`. */
export interface PathReference extends Span {
  readonly path: readonly string[]
}

export interface CallReference extends Span {
  readonly name: string
  /** Texts that stand literally; undefined for anything else. The piped value is last. */
  readonly arguments: readonly (string | undefined)[]
}

/** `eq .step.x.state "DONE"`: a path held against a literal text. */
export interface ComparisonReference extends PathReference {
  readonly text: string
}

export interface References {
  readonly paths: readonly PathReference[]
  readonly calls: readonly CallReference[]
  readonly comparisons: readonly ComparisonReference[]
}

/**
 * Everything a text reads and calls, in all branches. Follows `with`, `field`, `fieldFrom`, `index` with literal names and
 * variables; what cannot be known before it runs (an element of a range, a computed name) ends the path before it.
 */
export function referencesOf(tree: TextTree): References {
  const collector = new Collector()
  collector.nodes(tree.nodes, { dot: [], variables: new Map([['$', []]]) })
  for (const body of tree.definitions.values()) {
    collector.nodes(body, { dot: undefined, variables: new Map() })
  }
  return collector
}

/** Absent: not known before it runs. */
type Path = readonly string[] | undefined

interface Place {
  readonly dot: Path
  readonly variables: Map<string, Path>
}

class Collector implements References {
  readonly paths: PathReference[] = []
  readonly calls: CallReference[] = []
  readonly comparisons: ComparisonReference[] = []

  nodes(nodes: readonly TextNode[], place: Place): void {
    for (const node of nodes) this.#node(node, place)
  }

  #node(node: TextNode, place: Place): void {
    if (node.type === 'action') this.#pipe(node.pipe, place)
    else if (node.type === 'invoke' && node.pipe !== undefined) this.#pipe(node.pipe, place)
    else if (node.type === 'if' || node.type === 'with' || node.type === 'range') this.#branch(node, place)
  }

  #branch(node: TextNode & { type: 'if' | 'with' | 'range' }, place: Place): void {
    const inner: Place = { dot: place.dot, variables: new Map(place.variables) }
    const value = this.#pipe(node.pipe, inner)
    if (node.type === 'range') for (const name of node.pipe.variables) inner.variables.set(name, undefined)
    const dot = node.type === 'if' ? place.dot : node.type === 'with' ? value : undefined
    this.nodes(node.body, { dot, variables: new Map(inner.variables) })
    this.nodes(node.otherwise, inner)
  }

  /** Notes what the pipe reads and calls; answers the path it comes to, where that is known. */
  #pipe(pipe: Pipe, place: Place): Path {
    let value: Path
    let hasValue = false
    for (const command of pipe.commands) {
      value = this.#command(command, place, hasValue ? { path: value } : undefined)
      hasValue = true
    }
    for (const name of pipe.variables) place.variables.set(name, pipe.isAssignment ? undefined : value)
    return value
  }

  #command(command: Command, place: Place, piped: { path: Path } | undefined): Path {
    const [first, ...rest] = command.operands
    if (first === undefined) return undefined
    if (first.type !== 'function') return this.#read(first, place)
    const literals = rest.map((operand) => (operand.type === 'string' ? operand.value : undefined))
    const values = rest.map((operand) => this.#operand(operand, place))
    if (piped !== undefined) {
      literals.push(undefined)
      values.push({ path: piped.path })
    }
    this.calls.push({ name: first.name, arguments: literals, start: command.start, end: command.end })
    return this.#called(first.name, command, literals, values)
  }

  #called(
    name: string,
    command: Command,
    literals: readonly (string | undefined)[],
    values: readonly ({ path: Path } | undefined)[],
  ): Path {
    if (name === 'field') return this.#extend([], literals, command)
    if (name === 'fieldFrom') return this.#extend(values.at(-1)?.path, literals.slice(0, -1), command)
    if (name === 'index') return this.#extend(values[0]?.path, literals.slice(1), command)
    if (name === 'get') return this.#extend(values[0]?.path, literals.slice(1), command)
    if (name === 'eq' || name === 'ne') this.#comparison(command, literals, values)
    return undefined
  }

  #comparison(
    command: Command,
    literals: readonly (string | undefined)[],
    values: readonly ({ path: Path } | undefined)[],
  ): void {
    const path = values.find((value) => value?.path !== undefined)?.path
    if (path === undefined) return
    literals.forEach((text, i) => {
      const operand = command.operands[i + 1]
      if (text === undefined || operand === undefined) return
      this.comparisons.push({ path, text, start: operand.start, end: operand.end })
    })
  }

  #extend(base: Path, names: readonly (string | undefined)[], span: Span): Path {
    if (base === undefined) return undefined
    const unknown = names.indexOf(undefined)
    const known = (unknown < 0 ? names : names.slice(0, unknown)) as readonly string[]
    const path = [...base, ...known]
    if (known.length > 0) this.paths.push({ path, start: span.start, end: span.end })
    return unknown < 0 ? path : undefined
  }

  #operand(operand: Operand, place: Place): { path: Path } | undefined {
    if (operand.type === 'function') {
      this.calls.push({ name: operand.name, arguments: [], start: operand.start, end: operand.end })
      return undefined
    }
    return { path: this.#read(operand, place) }
  }

  #read(operand: Operand, place: Place): Path {
    switch (operand.type) {
      case 'dot':
        return this.#note(place.dot, [], operand)
      case 'field':
        return this.#note(place.dot, operand.path, operand)
      case 'variable':
        return this.#note(place.variables.get(operand.name), operand.path, operand)
      case 'chain':
        return this.#note(this.#pipe(operand.of, place), operand.path, operand)
      case 'pipe':
        return this.#pipe(operand, place)
      default:
        return undefined
    }
  }

  #note(base: Path, rest: readonly string[], span: Span): Path {
    if (base === undefined) return undefined
    const path = [...base, ...rest]
    this.paths.push({ path, start: span.start, end: span.end })
    return path
  }
}
