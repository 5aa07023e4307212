const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-/

/** A UUID by its last part, which differs where the first, made of time, does not; any other name as it is. */
export const shortId = (id: string): string => (uuid.test(id) ? `…${id.slice(-8)}` : id)

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** The facts of an entry in one line: `from: 24 · to: 48`. Empty when there are none. */
export function detailsText(details: unknown): string {
  if (details === null || typeof details !== 'object') return ''
  return (
    Object.entries(details)
      // The sentence names it.
      .filter(([name, value]) => name !== 'name' && value !== null && value !== '')
      .map(([name, value]) => `${name}: ${shown(value)}`)
      .join(' · ')
  )
}
