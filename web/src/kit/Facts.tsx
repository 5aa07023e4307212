import './Facts.css'
import type { ReactNode } from 'react'

export interface Fact {
  readonly name: string
  readonly value: ReactNode
}

/** Facts about one thing, in as many columns as fit. Absent ones are left out by the caller, or shown as a dash. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="st-facts">
      {facts.map((fact) => (
        <div key={fact.name} className="st-facts__one">
          <dt>{fact.name}</dt>
          <dd>{fact.value ?? <span className="st-quiet">–</span>}</dd>
        </div>
      ))}
    </dl>
  )
}
