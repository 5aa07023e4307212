import { addressParts } from './addresses.ts'

/** A text whose web addresses lead there, in another tab. */
export function Addresses({ text }: { text: string }) {
  return addressParts(text).map((part, at) =>
    at % 2 === 0 ? (
      part
    ) : (
      // Parts of one text have no identity but their order.
      <a key={at} href={part} target="_blank" rel="noopener noreferrer">
        {part}
      </a>
    ),
  )
}
