import './capacity-bar.css'

interface CapacityBarProps {
  readonly used: number
  /** Absent: without a bound; then only the number stands there. */
  readonly capacity: number | null
  /** What is used: `Slots of smtp`. */
  readonly label: string
}

/** How much of something is in use. */
export function CapacityBar({ used, capacity, label }: CapacityBarProps) {
  if (capacity === null || capacity <= 0)
    return <span className="st-number">{used.toLocaleString('en')}</span>
  const isFull = used >= capacity
  return (
    <div className="st-capacity">
      <div className="st-capacity__track" role="img" aria-label={`${label}: ${used} of ${capacity}`}>
        <div
          className={isFull ? 'st-capacity__bar st-tone-paused' : 'st-capacity__bar st-tone-running'}
          style={{ width: `${Math.min(100, (used / capacity) * 100)}%` }}
        />
      </div>
      <span className="st-number st-small st-nowrap">
        {used.toLocaleString('en')} of {capacity.toLocaleString('en')}
      </span>
    </div>
  )
}
