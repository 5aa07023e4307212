import { Addresses } from './Addresses.tsx'
import { proseBlocks } from './prose.ts'

/** A longer text in paragraphs and lists. */
export function Prose({ text }: { text: string }) {
  return proseBlocks(text).map((block, at) => {
    const key = `${at} ${block.kind}`
    if (block.kind === 'paragraph')
      return (
        <p key={key}>
          <Addresses text={block.texts[0] ?? ''} />
        </p>
      )
    return (
      <ul key={key} className="st-bullets">
        {block.texts.map((item) => (
          <li key={item}>
            <Addresses text={item} />
          </li>
        ))}
      </ul>
    )
  })
}
