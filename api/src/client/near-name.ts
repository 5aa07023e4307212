import { suggestion } from '@stint/schema/suggestion'

/** The end of a sentence about a name that is not there: the one that was probably meant, by a slip or as a part of it. */
export function nearName(name: string, names: readonly string[]): string {
  const slip = suggestion(name, names)
  if (slip !== '.' || name.length < 3) return slip
  const whole = names.find((each) => each.toLowerCase().includes(name.toLowerCase()))
  return whole === undefined ? '.' : `; did you mean "${whole}"?`
}
