import './state-bar.css'
import type { Tone } from '../status.ts'

/** So many things of one state. */
export interface StatePart {
  readonly tone: Tone
  readonly word: string
  readonly count: number
}

interface StateBarProps {
  readonly parts: readonly StatePart[]
  /** What is counted: `Items of resize`. */
  readonly label: string
  readonly isLarge?: boolean
}

const textOf = ({ word, count }: StatePart) => `${count.toLocaleString('en')} ${word.toLowerCase()}`

/** How many things are in which state, as one bar. Even one of ten thousand that failed can be seen. */
export function StateBar({ parts, label, isLarge }: StateBarProps) {
  const shown = parts.filter((part) => part.count > 0)
  const text = shown.map(textOf).join(', ')
  return (
    <div
      className={isLarge ? 'st-state-bar st-state-bar--large' : 'st-state-bar'}
      role="img"
      aria-label={`${label}: ${text}`}
      title={text}
    >
      {shown.map((part) => (
        <span
          key={part.tone}
          className={`st-state-bar__part st-tone-${part.tone}`}
          style={{ flexGrow: part.count }}
        />
      ))}
    </div>
  )
}
