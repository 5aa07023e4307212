import { stripVTControlCharacters, styleText } from 'node:util'

export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'gray' | 'bold'

/** Colours where the stream is a terminal that wants them: NO_COLOR and FORCE_COLOR are obeyed. */
export function coloured(text: string, colour: Colour, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(colour, text, { stream })
}

/**
 * Text of others for a terminal: control characters could move the cursor, rename the window or hide a line.
 * Line breaks stay when `lines` is set.
 */
export function safeText(text: string, lines = false): string {
  const plain = stripVTControlCharacters(text).replace(/\r\n?/g, '\n')
  return plain.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    if (character === '\t') return '  '
    return character === '\n' ? (lines ? '\n' : ' ') : '\uFFFD'
  })
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const invisible = /[\p{Mn}\p{Me}\u200b-\u200d]/u

/** Columns that a text takes on a terminal; colours take none. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of stripVTControlCharacters(text)) {
    width += invisible.test(character) ? 0 : wide.test(character) ? 2 : 1
  }
  return width
}

/** At most `width` columns, with … for what is cut off. Colours are lost when it cuts. */
export function fitted(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  let left = width - 1
  for (const character of stripVTControlCharacters(text)) {
    left -= widthOf(character)
    if (left < 0) break
    kept += character
  }
  return width < 1 ? '' : `${kept}…`
}

const units: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
]

/** `3.2 s`, `4 min 10 s`, `2 h 5 min`: the two largest units. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`
  const first = units.findIndex(([, size]) => seconds >= size)
  const [name, size] = units[first] as readonly [string, number]
  const next = units[first + 1]
  const amount = Math.floor(seconds / size)
  const rest = next === undefined ? 0 : Math.floor((seconds - amount * size) / next[1])
  return rest === 0 || next === undefined ? `${amount} ${name}` : `${amount} ${name} ${rest} ${next[0]}`
}

export function agoText(at: string | null, nowMs: number): string {
  if (at === null) return ''
  const ms = nowMs - Date.parse(at)
  if (ms < 0) return `in ${spanText(-ms)}`
  if (ms < 1000) return 'now'
  return `${spanText(ms).split(' ').slice(0, 2).join(' ')} ago`
}

/** `WAITING_SUBTASK` of the API as people read it: `waiting-subtask`. */
export function wordOf(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}

/** And back: `waiting-subtask`, `task.view` → `WAITING_SUBTASK`, `TASK_VIEW`. */
export function enumOf(word: string): string {
  return word.toUpperCase().replaceAll(/[-.]/g, '_')
}
