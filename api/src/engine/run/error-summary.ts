import { createHash } from 'node:crypto'
import { limits } from '@stint/schema/limits'

/** A text that PostgreSQL and people can take: no NUL, no lone surrogates, at most `bytes` long. */
export function cleanText(text: string, bytes: number): string {
  const whole = text.replaceAll('\u0000', '\ufffd').toWellFormed()
  if (Buffer.byteLength(whole) <= bytes) return whole
  const cut = Buffer.from(whole).subarray(0, bytes - 3)
  return `${cut.toString().replace(/\ufffd+$/, '')}…`
}

/** The plain, masked first words of an error: what lists show, what search finds. */
export function errorSummaryOf(message: string): string {
  return cleanText(message, limits.errorSummaryBytesMax)
}

/** The same for errors that differ only in numbers, ids and quoted values: what makes "n others failed like this". */
export function fingerprintOf(stepName: string, actionType: string, summary: string): string {
  const shape = summary
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, '#')
    .replace(/\d+/g, '#')
    .replace(/"[^"]*"|'[^']*'/g, '""')
  return createHash('sha256').update(`${actionType}\n${stepName}\n${shape}`).digest('hex').slice(0, 16)
}
