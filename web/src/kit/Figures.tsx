import './Figures.css'

interface Figure {
  readonly name: string
  readonly value: string
  /** What the number means, on hover and for those who listen. */
  readonly hint: string
  readonly isBad?: boolean
}

/** A few numbers that tell at a glance how things are. */
export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className="st-figures">
      {figures.map(({ name, value, hint, isBad }) => (
        <div key={name} className="st-figures__one" title={hint}>
          <dt>{name}</dt>
          <dd className={isBad ? 'st-figures__bad' : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
