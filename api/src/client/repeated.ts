/*
 * Options that may be given several times take one value each: one that takes "all words that follow" would swallow the
 * operands behind it, `stint run greet --tag team=blue name=Ada`.
 */

/** Collects the values of an option, in order. */
export function repeated(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

/** The same for names, which may also be written with commas. */
export function repeatedNames(value: string, before: readonly string[] = []): string[] {
  const names = value.split(',').map((name) => name.trim())
  return [...before, ...names.filter((name) => name !== '')]
}
