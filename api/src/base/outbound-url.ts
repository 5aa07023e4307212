import { parseAddress } from './outbound-address.ts'

/** The address of a request cannot be used as it is written. */
export class OutboundUrlError extends Error {}

/** The host exactly as somebody wrote it, before the URL parser turns `0x7f.1` or `１２７.0.0.1` into `127.0.0.1`. */
function writtenHost(text: string): string | undefined {
  const authority = /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#\\]*)/i.exec(text)?.[1]
  const host = authority?.slice(authority.lastIndexOf('@') + 1)
  return host?.replace(/:\d*$/, '')
}

/**
 * A host that the parser reads as an IPv4 address must have been written as one: decimal, octal, hexadecimal, shortened
 * and percent-encoded spellings have no honest use, and every reader of such a URL is misled about where it leads.
 */
function demandPlainHost(text: string, url: URL): void {
  const written = writtenHost(text)
  if (written === undefined) throw new OutboundUrlError(`${JSON.stringify(text)} is no http or https URL.`)
  const isAddress = parseAddress(url.hostname)?.family === 4
  if (isAddress && written !== url.hostname) {
    throw new OutboundUrlError(
      `The host ${JSON.stringify(written)} is another spelling of ${url.hostname}; write the address itself.`,
    )
  }
}

function demandHttp(text: string, url: URL | null): URL {
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new OutboundUrlError(`${JSON.stringify(text)} is no http or https URL.`)
  }
  return url
}

/** Reads the URL of a request; credentials in it are left for the caller. Throws `OutboundUrlError`. */
export function parseTarget(text: string): URL {
  const url = demandHttp(text, URL.parse(text))
  if (/[\s\p{Cc}]/u.test(text))
    throw new OutboundUrlError(`${JSON.stringify(text)} holds a space or control character.`)
  demandPlainHost(text, url)
  return url
}

/** Where a redirect leads, read as strictly as the first URL. */
export function parseRedirect(location: string, from: URL): URL {
  const url = demandHttp(location, URL.parse(location, from.href))
  // Only a location that names a host can spell one oddly; `/\host` names one to the parser although it looks like a path.
  if (url.host !== from.host) demandPlainHost(location, url)
  url.username = ''
  url.password = ''
  return url
}
