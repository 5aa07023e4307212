import './timeline.css'
import type { ReactNode } from 'react'
import type { Tone } from '../status.ts'

export interface Bar {
  readonly from: number
  readonly to: number
  readonly tone: Tone
  /** A wait is drawn thinner than work. */
  readonly isWait: boolean
  readonly title: string
}

export interface TimelineRow {
  readonly key: string
  readonly name: ReactNode
  readonly bars: readonly Bar[]
}

interface TimelineProps {
  readonly label: string
  readonly rows: readonly TimelineRow[]
  readonly begin: number
  readonly end: number
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
  /** Where the present stands, while it goes on. */
  readonly now?: number
}

/** Bars over time, a row per thing. */
export function Timeline({ label, rows, begin, end, ticks, now }: TimelineProps) {
  const length = Math.max(1, end - begin)
  const place = (at: number) => `${Math.min(100, Math.max(0, ((at - begin) / length) * 100))}%`
  return (
    <ol className="st-timeline" aria-label={label}>
      <li className="st-timeline__row st-timeline__scale" aria-hidden="true">
        <div />
        <div className="st-timeline__lane">
          {ticks.map((tick) => (
            <span key={tick.at} className="st-timeline__tick" style={{ insetInlineStart: place(tick.at) }}>
              {tick.text}
            </span>
          ))}
        </div>
      </li>
      {rows.map((row) => (
        <li key={row.key} className="st-timeline__row">
          <div className="st-timeline__name">{row.name}</div>
          <div className="st-timeline__lane">
            {row.bars.map((bar) => (
              <span
                key={`${bar.from}-${bar.title}`}
                title={bar.title}
                className={`st-timeline__bar st-tone-${bar.tone} ${bar.isWait ? 'st-timeline__bar--wait' : ''}`}
                style={{
                  insetInlineStart: place(bar.from),
                  width: `max(3px, ${((bar.to - bar.from) / length) * 100}%)`,
                }}
              >
                <span className="pf-v6-screen-reader">{bar.title}</span>
              </span>
            ))}
            {now !== undefined && (
              <span className="st-timeline__now" style={{ insetInlineStart: place(now) }} />
            )}
          </div>
        </li>
      ))}
    </ol>
  )
}
