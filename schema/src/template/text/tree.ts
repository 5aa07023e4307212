/**
 * What a templated text means: Go's text/template as a tree. One grammar serves the checker (which handles does this text
 * use?) and the engine (what does it come to?), so that the two can never differ. Offsets count UTF-16 units of the text.
 */
export interface Span {
  readonly start: number
  readonly end: number
}

export type TextNode =
  | LiteralNode
  | ActionNode
  | BranchNode
  | RangeNode
  | InvokeNode
  | ({ readonly type: 'break' | 'continue' } & Span)

export interface LiteralNode extends Span {
  readonly type: 'literal'
  readonly text: string
}

/** `{{pipeline}}`. */
export interface ActionNode extends Span {
  readonly type: 'action'
  readonly pipe: Pipe
}

/** `if` and `with`; `else if` and `else with` are a branch alone in `otherwise`. The span is that of the opening handle. */
export interface BranchNode extends Span {
  readonly type: 'if' | 'with'
  readonly pipe: Pipe
  readonly body: readonly TextNode[]
  readonly otherwise: readonly TextNode[]
}

export interface RangeNode extends Span {
  readonly type: 'range'
  readonly pipe: Pipe
  readonly body: readonly TextNode[]
  readonly otherwise: readonly TextNode[]
}

/** `{{template "name" pipeline}}`; a `block` is its definition and one of these. */
export interface InvokeNode extends Span {
  readonly type: 'invoke'
  readonly name: string
  readonly pipe?: Pipe
}

export interface Pipe extends Span {
  readonly type: 'pipe'
  /** Names with their `$`: `$x := …`, `$key, $value := …`. */
  readonly variables: readonly string[]
  /** `=` instead of `:=`. */
  readonly isAssignment: boolean
  readonly commands: readonly Command[]
}

/** A function (or a single value) and its arguments; the value of the command before it comes last. */
export interface Command extends Span {
  readonly operands: readonly Operand[]
}

export type Operand =
  | ({ readonly type: 'dot' } & Span)
  | ({ readonly type: 'nil' } & Span)
  | ({ readonly type: 'bool'; readonly value: boolean } & Span)
  | ({ readonly type: 'int'; readonly value: bigint } & Span)
  | ({ readonly type: 'float'; readonly value: number } & Span)
  | ({ readonly type: 'string'; readonly value: string } & Span)
  /** `.a.b` from the current dot. */
  | ({ readonly type: 'field'; readonly path: readonly string[] } & Span)
  /** `$x.a.b`; the name alone is `$` for the root. */
  | ({ readonly type: 'variable'; readonly name: string; readonly path: readonly string[] } & Span)
  | ({ readonly type: 'function'; readonly name: string } & Span)
  /** `(pipeline).a.b`. */
  | ({ readonly type: 'chain'; readonly of: Pipe; readonly path: readonly string[] } & Span)
  | Pipe

export interface TextTree {
  readonly nodes: readonly TextNode[]
  /** Bodies of `define` and `block` by name. */
  readonly definitions: ReadonlyMap<string, readonly TextNode[]>
}
