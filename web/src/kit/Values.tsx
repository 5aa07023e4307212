import './Values.css'
import { Button } from '@patternfly/react-core'
import { counted } from '@stint/schema/counted'
import { type ReactNode, useState } from 'react'
import { Addresses } from './Addresses.tsx'
import { CopyButton } from './CopyButton.tsx'

const shownAtOnce = 100
// A longer list would push what follows it out of sight.
const openedUpTo = 25

interface ValuesProps {
  readonly value: unknown
  /** `Copy the output`. */
  readonly copyLabel: string
  readonly title?: ReactNode
}

/** A JSON value as a tree that people can read; copied as JSON. */
export function Values({ value, copyLabel, title }: ValuesProps) {
  return (
    <div>
      <div className={title ? 'st-values__head' : 'st-values__head st-values__head--bare'}>
        {title}
        <CopyButton text={JSON.stringify(value, null, 2)} label={copyLabel} />
      </div>
      <div className="st-values">
        <Node value={value} depth={0} />
      </div>
    </div>
  )
}

function Node({ name, value, depth }: { name?: string; value: unknown; depth: number }) {
  const key = name !== undefined && <span className="st-values__key">{name}: </span>
  if (value === null || typeof value !== 'object') {
    return (
      <div>
        {key}
        <Leaf value={value} />
      </div>
    )
  }
  const entries = Object.entries(value)
  const size = counted(entries.length, Array.isArray(value) ? 'item' : 'field')
  if (entries.length === 0) {
    return (
      <div>
        {key}
        <span className="st-values__null">{Array.isArray(value) ? 'empty list' : 'empty'}</span>
      </div>
    )
  }
  if (depth === 0) return <Children entries={entries} depth={depth} />
  return (
    <details open={depth < 3 && entries.length <= openedUpTo}>
      <summary>
        {key}
        <span className="st-values__null">{size}</span>
      </summary>
      <div className="st-values__children">
        <Children entries={entries} depth={depth} />
      </div>
    </details>
  )
}

function Children({ entries, depth }: { entries: [string, unknown][]; depth: number }) {
  const [shown, setShown] = useState(shownAtOnce)
  const more = entries.length - shown
  return (
    <>
      {entries.slice(0, shown).map(([name, value]) => (
        <Node key={name} name={name} value={value} depth={depth + 1} />
      ))}
      {more > 0 && (
        <Button variant="link" isInline onClick={() => setShown(shown + 10 * shownAtOnce)}>
          {more} more
        </Button>
      )}
    </>
  )
}

function Leaf({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span className="st-values__null">nothing</span>
  if (typeof value === 'string')
    return (
      <span
        className={value.includes('\n') ? 'st-values__string st-values__string--lines' : 'st-values__string'}
      >
        {value === '' ? '“”' : <Addresses text={value} />}
      </span>
    )
  return <span className={`st-values__${typeof value}`}>{String(value)}</span>
}
