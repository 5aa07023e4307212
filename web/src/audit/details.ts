const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-/

/** A UUID by its last part, which differs where the first, made of time, does not; any other name as it is. */
export const shortId = (id: string): string => (uuid.test(id) ? `…${id.slice(-8)}` : id)

function shown(value: unknown): string {
  if (typeof value === 'string') return value
  const isList = Array.isArray(value) && value.every((one) => typeof one !== 'object')
  return isList ? value.join(', ') || 'none' : JSON.stringify(value)
}

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
