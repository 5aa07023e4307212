/** Why the program cannot do what it was asked for, in one sentence that says what to do; no bug, so no stack. */
export class Refusal extends Error {
  constructor(sentence: string, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause })
    this.name = 'Refusal'
  }
}

/** The code of an error of Node or of the driver; empty when it has none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}
