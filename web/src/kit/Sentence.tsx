import { useNow } from './clock.ts'
import { exactText, instantText } from './time.ts'

const told = /(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/
const isId = (part: string) => part.charAt(8) === '-'

/** A sentence of the server; instants in it are told in the reader's zone, identifiers by their end. */
export function Sentence({ text }: { text: string }) {
  const now = useNow(true)
  return text.split(told).map((part, at) => {
    if (at % 2 === 0) return part
    if (isId(part)) {
      return (
        // The first part is made of time and the same for many.
        <code key={at} className="st-code" title={part}>
          …{part.slice(-8)}
        </code>
      )
    }
    return (
      // Its place in the sentence is all the identity an instant has.
      <time key={at} dateTime={part} title={exactText(part)} className="st-nowrap">
        {instantText(part, now)}
      </time>
    )
  })
}
