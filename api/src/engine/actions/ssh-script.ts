import { randomBytes } from 'node:crypto'

/*
 * What is put around a script so that the other side tells us two things in band: the process it runs in, so that it can be
 * ended, and the values it ends with. Each is marked with a number that only we know and begins with a character that text
 * does not use; both are taken out of the output before anybody sees it. Values travel as hexadecimal: whatever they hold,
 * quotes and line ends included, arrives as it was.
 */

const mark = '\u001e'

export interface WrappedScript {
  readonly command: string
  /** What stands before the process number on standard error. */
  readonly processMark: string
  /** What stands before the values on standard output. */
  readonly resultMark: string
}

const hex = (text: string) => Buffer.from(text).toString('hex')

/** Between double quotes: a shell evaluates variables and commands in it. Quotes are dropped, as µTask drops them. */
function evaluated(expression: string): string {
  const text = expression.replaceAll('"', '')
  const backslashes = /\\*$/.exec(text)?.[0].length ?? 0
  return backslashes % 2 === 1 ? `"${text}\\"` : `"${text}"`
}

function resultTrap(nonce: string, result: readonly (readonly [string, string])[]): string {
  const values = result.map(
    ([key, expression]) =>
      `printf ' ${hex(key)}:'; printf '%s' ${evaluated(expression)} | od -An -v -tx1 | tr -d ' \\t\\n';`,
  )
  return [
    'stint_result() {',
    `printf '\\036${nonce}';`,
    ...values,
    String.raw`printf '\n'`,
    '}',
    'trap stint_result EXIT',
    '',
  ].join('\n')
}

/** The login shell runs it; `$PPID` of a child is that shell, whichever it is. */
export function wrapScript(script: string, result: readonly (readonly [string, string])[]): WrappedScript {
  const nonce = randomBytes(12).toString('hex')
  const announce = `sh -c 'printf "\\036${nonce}p%s\\n" "$PPID" >&2'\n`
  const trap = result.length === 0 ? '' : resultTrap(nonce, result)
  return { command: announce + trap + script, processMark: `${mark}${nonce}p`, resultMark: `${mark}${nonce}` }
}

/** Takes one marked line out of a stream of text; everything else is passed on at once. */
export class MarkedLine {
  readonly #mark: string
  readonly #pass: (text: string) => void
  readonly #found: (line: string) => void
  #held = ''

  constructor(mark: string, pass: (text: string) => void, found: (line: string) => void) {
    this.#mark = mark
    this.#pass = pass
    this.#found = found
  }

  push(text: string): void {
    this.#held += text
    while (this.#held !== '') {
      const start = this.#held.indexOf(mark)
      if (start !== 0) {
        const before = start < 0 ? this.#held : this.#held.slice(0, start)
        this.#held = this.#held.slice(before.length)
        this.#pass(before)
      } else if (!this.#takeMarked()) return
    }
  }

  /** What was held back and is no mark after all. */
  end(): void {
    if (this.#held !== '') this.#pass(this.#held)
    this.#held = ''
  }

  /** False when more must come before it is known. */
  #takeMarked(): boolean {
    const isMarked = this.#held.startsWith(this.#mark)
    if (!isMarked && this.#mark.startsWith(this.#held)) return false
    const end = isMarked ? this.#held.indexOf('\n') : 0
    if (end < 0) return false
    if (isMarked) this.#found(this.#held.slice(this.#mark.length, end))
    else this.#pass(this.#held.slice(0, 1))
    this.#held = this.#held.slice(end + 1)
    return true
  }
}

/** The values of a marked line. */
export function resultOf(line: string): Record<string, string> {
  const pairs = line
    .trim()
    .split(' ')
    .map((pair) => pair.split(':'))
    .filter((pair) => pair.length === 2)
  const text = (bytes: string | undefined) =>
    Buffer.from(bytes ?? '', 'hex')
      .toString()
      .replaceAll('\0', '\uFFFD')
  return Object.fromEntries(pairs.map(([key, value]) => [text(key), text(value)]))
}
