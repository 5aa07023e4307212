import { useNow } from './clock.ts'
import { exactText, instantText } from './time.ts'

const instant = /(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z)/

/** A sentence of the server; instants in it are told in the reader's zone. */
export function Sentence({ text }: { text: string }) {
  const now = useNow(true)
  return text.split(instant).map((part, at) => {
    if (at % 2 === 0) return part
    return (
      // Its place in the sentence is all the identity an instant has.
      <time key={at} dateTime={part} title={exactText(part)} className="st-nowrap">
        {instantText(part, now)}
      </time>
    )
  })
}
