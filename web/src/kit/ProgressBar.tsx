import './ProgressBar.css'
import type { Tone } from './status.ts'

interface ProgressBarProps {
  /** 0 to 1; absent when the total is unknown: then only activity is shown, no made-up number. */
  readonly value: number | undefined
  readonly tone: Tone
  readonly label: string
  readonly isLarge?: boolean
}

/** 99.6 % is not yet 100 %: done is shown only when it is. */
export const percentOf = (value: number): number => (value >= 1 ? 100 : Math.min(99, Math.floor(value * 100)))

export function ProgressBar({ value, tone, label, isLarge }: ProgressBarProps) {
  const percent = value === undefined ? undefined : percentOf(value)
  const size = isLarge ? 'st-progress st-progress--large' : 'st-progress'
  return (
    <div className={`${size} st-tone-${tone} ${percent === undefined ? 'st-progress--open' : ''}`}>
      <div
        className="st-progress__track"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <div
          className="st-progress__bar"
          style={percent === undefined ? undefined : { width: `${percent}%` }}
        />
      </div>
      {percent !== undefined && (
        <span className="st-progress__text" aria-hidden="true">
          {percent} %
        </span>
      )}
    </div>
  )
}
