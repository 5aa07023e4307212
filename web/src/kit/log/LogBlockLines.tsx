import { memo } from 'react'
import { Addresses } from '../Addresses.tsx'
import { ansiRuns, plainText } from '../ansi.ts'
import { clockText } from '../time.ts'
import type { LogBlock, LogLine } from './lines.ts'

const linePixels = 20

/** A hundred lines; drawn again only when they change, laid out only when they come into sight. */
export const LogBlockLines = memo(function LogBlockLines({
  block,
  search,
}: {
  block: LogBlock
  search: string
}) {
  const lines = search ? block.lines.filter((line) => isFound(line, search)) : block.lines
  if (lines.length === 0) return null
  return (
    <div className="st-log__block" style={{ containIntrinsicSize: `auto ${lines.length * linePixels}px` }}>
      {lines.map((line) => (
        <div key={line.number} className={`st-log__line st-log__line--${line.stream.toLowerCase()}`}>
          <span className="st-log__number" aria-hidden="true">
            {line.number}
          </span>
          <span className="st-log__time">{clockText(line.at)}</span>
          <span className="st-log__text">
            {search ? <Found text={plainText(line.text)} search={search} /> : <Runs text={line.text} />}
          </span>
        </div>
      ))}
    </div>
  )
})

const isFound = (line: LogLine, search: string) =>
  plainText(line.text).toLowerCase().includes(search.toLowerCase())

function Runs({ text }: { text: string }) {
  return ansiRuns(text).map((run, at) => (
    // Runs of one line have no identity but their order.
    <span key={at} className={run.className || undefined}>
      <Addresses text={run.text} />
    </span>
  ))
}

function Found({ text, search }: { text: string; search: string }) {
  const at = text.toLowerCase().indexOf(search.toLowerCase())
  if (at < 0) return text
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + search.length)}</mark>
      <Found text={text.slice(at + search.length)} search={search} />
    </>
  )
}
