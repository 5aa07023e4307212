interface Shape {
  readonly type: string
  readonly minimum: number | null
  readonly maximum: number | null
}

const isNumber = (type: string) => type === 'number' || type === 'integer'

/** A typed text as the value of a setting, or the reason why it is none. The server decides again. */
export function parseSetting(setting: Shape, text: string): { value?: unknown; problem?: string } {
  if (isNumber(setting.type)) return parseNumber(setting, text)
  if (setting.type === 'string' || setting.type === 'text') return { value: text }
  if (setting.type === 'duration') return { value: text.trim() }
  if (setting.type === 'list') return { value: partsOf(text) }
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return { problem: 'This is not JSON.' }
  }
}

const partsOf = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

function parseNumber({ type, minimum, maximum }: Shape, text: string): { value?: number; problem?: string } {
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) return { problem: 'A number is wanted.' }
  if (type === 'integer' && !Number.isInteger(value)) return { problem: 'A whole number is wanted.' }
  if (minimum !== null && value < minimum) return { problem: `At least ${minimum}.` }
  if (maximum !== null && value > maximum) return { problem: `At most ${maximum}.` }
  return { value }
}

/** The value as the text that is edited. */
export function textOfSetting(value: unknown): string {
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.map(textOfSetting).join(', ') : JSON.stringify(value)
}

/** `60 to 604,800`, `at least 1`: what the bounds say. */
export function boundsText({ minimum, maximum }: Pick<Shape, 'minimum' | 'maximum'>): string | undefined {
  const of = (bound: number) => bound.toLocaleString('en')
  if (minimum !== null && maximum !== null) return `${of(minimum)} to ${of(maximum)}`
  if (minimum !== null) return `at least ${of(minimum)}`
  return maximum === null ? undefined : `at most ${of(maximum)}`
}
