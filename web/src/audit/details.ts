const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-/

/** A UUID by its last part, which differs where the first, made of time, does not; any other name as it is. */
export const shortId = (id: string): string => (uuid.test(id) ? `…${id.slice(-8)}` : id)

// Long enough to tell two apart.
const digest = /^[0-9a-f]{40,}$/

// As programs write it, with a space before each further word.
const spaced = (name: string) =>
  name.replaceAll('_', ' ').replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

function shown(value: unknown): string {
  if (typeof value === 'string') return digest.test(value) ? `${value.slice(0, 12)}…` : value
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return value.join(', ') || 'none'
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return JSON.stringify(value)
  return Object.entries(value)
    .map(([name, inner]) => `${spaced(name)} ${shown(inner)}`)
    .join(', ')
}

/** The facts of an entry in one line: `from: 24 · to: 48`. Empty when there are none. */
export function detailsText(details: unknown): string {
  if (details === null || typeof details !== 'object') return ''
  return (
    Object.entries(details)
      // The sentence names it.
      .filter(([name, value]) => name !== 'name' && value !== null && value !== '')
      // What was before what is; an object keeps no order on its way here.
      .toSorted(([one], [other]) => Number(other === 'from') - Number(one === 'from'))
      .map(([name, value]) => `${spaced(name)}: ${shown(value)}`)
      .join(' · ')
  )
}
