import { createHash } from 'node:crypto'

/** SHA-256 of a template text: the same text is the same version. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
