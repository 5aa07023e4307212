export interface Tag {
  readonly name: string
  readonly value: string
}

export const tagText = ({ name, value }: Tag): string => (value === '' ? name : `${name}=${value}`)

/** `env=prod` as typed, an empty line is none. */
export function readTags(lines: readonly string[]): Tag[] {
  return lines.flatMap((line) => {
    const text = line.trim()
    if (text === '') return []
    const at = text.indexOf('=')
    return [at < 0 ? { name: text, value: '' } : { name: text.slice(0, at), value: text.slice(at + 1) }]
  })
}
