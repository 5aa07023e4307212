import { parseJson } from '../../base/exact-json.ts'
import type { OutboundResponse } from '../../base/outbound.ts'

/** `content-type` becomes `Content-Type`, the spelling under which templates written for µTask look it up. */
function canonicalName(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())
}

function cookiesOf(headers: readonly string[]): Record<string, string> {
  const pairs = headers.map((header) => /^\s*([^=;]+)=([^;]*)/.exec(header)).filter((match) => match !== null)
  return Object.fromEntries(pairs.map((match) => [match[1]?.trim(), match[2]?.trim()]))
}

export function metadataOf(response: OutboundResponse): Record<string, unknown> {
  const headers = Object.entries(response.headers).map(([name, values]) => [
    canonicalName(name),
    values[0] ?? '',
  ])
  return {
    HTTPStatus: response.status,
    HTTPHeaders: Object.fromEntries(headers),
    HTTPCookies: cookiesOf(response.headers['set-cookie'] ?? []),
  }
}

function decode(body: Buffer, contentType: string): string {
  const charset = /charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset).decode(body)
  } catch {
    // A charset nobody knows; what is readable as UTF-8 is still worth keeping.
    return new TextDecoder().decode(body)
  }
}

export interface HttpOutput {
  /** Data when the body says it is JSON and is; else its text. Null for an empty body. */
  readonly output: unknown
  /** Why a body that says it is JSON is not. */
  readonly complaint?: string
}

/** `trimPrefix` is taken off the text before it is read: some interfaces put one before their JSON as a guard. */
export function outputOf(response: OutboundResponse, trimPrefix: string | undefined): HttpOutput {
  const contentType = response.headers['content-type']?.[0] ?? ''
  const isJson = /^\s*application\/(json|[^;\s]+\+json)\s*(;|$)/i.test(contentType)
  const whole = decode(response.body, contentType)
  const text =
    trimPrefix !== undefined && whole.startsWith(trimPrefix) ? whole.slice(trimPrefix.length) : whole
  // PostgreSQL's text cannot hold NUL, and nothing readable has it.
  const printable = text.replaceAll('\0', '\uFFFD')
  if (!isJson) return { output: printable }
  if (text.trim() === '') return { output: null }
  try {
    return { output: parseJson(text) }
  } catch (error) {
    return { output: printable, complaint: (error as Error).message }
  }
}
