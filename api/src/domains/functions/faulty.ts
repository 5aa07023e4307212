import type { Finding } from '@stint/schema/template-types'

/** A file or folder that could not be used; nothing of it was changed. */
export interface FaultyFile {
  readonly path: string
  readonly message: string
  readonly findings: readonly Finding[]
}

/** The first error of a text as a sentence with its place. */
export function faultSentence(what: string, findings: readonly Finding[]): string {
  const errors = findings.filter((finding) => finding.severity === 'error')
  const [first] = errors
  if (first === undefined) return `The ${what} cannot be used.`
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return `Line ${first.line}, column ${first.column}: ${first.message}${more}`
}
