/** A function or an operator that cannot do what a template asks; the evaluator adds the place. */
export class ValueFault extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'ValueFault'
  }
}

/** A template that cannot be rendered: which handle, where in its text, and why. */
export class ValueError extends Error {
  /** The handle, as `{{.step.a.output.id}}`; the whole text when it cannot be read at all. */
  readonly handle: string
  /** From 1, in the templated text. */
  readonly line: number
  readonly column: number

  constructor(reason: string, source: string, offset: number, options?: { cause?: unknown }) {
    const handle = handleAt(source, offset)
    super(`${shorten(handle)}: ${reason}`, options)
    this.name = 'ValueError'
    this.handle = handle
    const before = source.slice(0, offset)
    this.line = before.split('\n').length
    this.column = offset - before.lastIndexOf('\n')
  }
}

function handleAt(source: string, offset: number): string {
  const start = source.lastIndexOf('{{', offset + 1)
  const end = source.indexOf('}}', offset)
  return source.slice(Math.max(start, 0), end < 0 ? undefined : end + 2)
}

function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`
}
