/** A run of text with one look; `className` is empty for plain text. */
export interface AnsiRun {
  readonly text: string
  readonly className: string
}

interface Look {
  foreground?: string
  background?: string
  bold?: boolean
  dim?: boolean
  italic?: boolean
  underline?: boolean
}

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const

// Every escape sequence that terminals know; only those that end in `m` (looks) mean something here.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
const sequence = /\u001b(?:\[([0-9;:?]*)([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g

function colourOf256(index: number): string | undefined {
  if (index < 8) return names[index]
  if (index < 16) return `bright-${names[index - 8]}`
  // The cube and the greys become the nearest of the sixteen: those are tuned for both themes, arbitrary ones are not.
  if (index >= 232) return index < 244 ? 'bright-black' : 'white'
  const cube = index - 16
  const [red, green, blue] = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6]
  return nearest(red > 2, green > 2, blue > 2)
}

const nearest = (red: boolean, green: boolean, blue: boolean) =>
  names[(red ? 1 : 0) + (green ? 2 : 0) + (blue ? 4 : 0)]

function extended(codes: number[]): string | undefined {
  const mode = codes.shift()
  if (mode === 5) return colourOf256(codes.shift() ?? 0)
  if (mode === 2) {
    const [red = 0, green = 0, blue = 0] = codes.splice(0, 3)
    return nearest(red > 127, green > 127, blue > 127)
  }
  return undefined
}

function applyCode(look: Look, code: number, rest: number[]): Look {
  if (code === 0) return {}
  if (code === 1) return { ...look, bold: true }
  if (code === 2) return { ...look, dim: true }
  if (code === 3) return { ...look, italic: true }
  if (code === 4) return { ...look, underline: true }
  if (code === 22) return { ...look, bold: false, dim: false }
  if (code === 23) return { ...look, italic: false }
  if (code === 24) return { ...look, underline: false }
  if (code === 38) return { ...look, foreground: extended(rest) }
  if (code === 48) return { ...look, background: extended(rest) }
  if (code === 39) return { ...look, foreground: undefined }
  if (code === 49) return { ...look, background: undefined }
  if (code >= 30 && code <= 37) return { ...look, foreground: names[code - 30] }
  if (code >= 40 && code <= 47) return { ...look, background: names[code - 40] }
  if (code >= 90 && code <= 97) return { ...look, foreground: `bright-${names[code - 90]}` }
  if (code >= 100 && code <= 107) return { ...look, background: names[code - 100] }
  return look
}

function applyCodes(look: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map(Number)
  let next = look
  for (let code = codes.shift(); code !== undefined; code = codes.shift()) next = applyCode(next, code, codes)
  return next
}

function classOf(look: Look): string {
  const classes = [
    look.foreground && `st-ansi-${look.foreground}`,
    look.background && `st-ansi-on-${look.background}`,
    look.bold && 'st-ansi-bold',
    look.dim && 'st-ansi-dim',
    look.italic && 'st-ansi-italic',
    look.underline && 'st-ansi-underline',
  ]
  return classes.filter(Boolean).join(' ')
}

/** Splits output with terminal escape sequences into runs to draw; sequences that move the cursor are dropped. */
export function ansiRuns(text: string): AnsiRun[] {
  const runs: AnsiRun[] = []
  let look: Look = {}
  let from = 0
  const push = (part: string) => {
    if (part) runs.push({ text: part, className: classOf(look) })
  }
  for (const match of text.matchAll(sequence)) {
    push(text.slice(from, match.index))
    from = match.index + match[0].length
    if (match[2] === 'm') look = applyCodes(look, match[1] ?? '')
  }
  push(text.slice(from))
  return runs
}

/** The text as people read it, without any escape sequence. */
export const plainText = (text: string): string => text.replaceAll(sequence, '')
