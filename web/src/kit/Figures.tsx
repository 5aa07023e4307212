import './Figures.css'
import type { ReactNode } from 'react'

interface Figure {
  readonly name: string
  readonly value: ReactNode
  /** What the number means, in a few words below it. */
  readonly hint: string
  readonly isBad?: boolean
}

/** A few numbers that tell at a glance how things are. */
export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className="st-figures">
      {figures.map(({ name, value, hint, isBad }) => (
        <div key={name} className="st-figures__one">
          <dt>{name}</dt>
          <dd className={isBad ? 'st-figures__value st-figures__bad' : 'st-figures__value'}>{value}</dd>
          <dd className="st-quiet st-small">{hint}</dd>
        </div>
      ))}
    </dl>
  )
}
