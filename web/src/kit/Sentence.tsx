import { Moment } from './Moment.tsx'

const instant = /(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z)/

/** A sentence of the server; instants in it are told as people tell them. */
export function Sentence({ text }: { text: string }) {
  const parts = text.split(instant)
  return parts.map((part, at) => {
    if (at % 2 === 0) return part
    // Instants stand between the parts; their place is their identity.
    return <Moment key={at} at={part} />
  })
}
