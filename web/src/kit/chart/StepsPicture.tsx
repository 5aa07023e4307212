import './steps-picture.css'
import type { ReactNode } from 'react'
import type { Tone } from '../status.ts'
import { edgesOf, type LayeredStep, layersOf, type Placed } from './layers.ts'

interface PictureStep extends LayeredStep {
  readonly no: number
  /** What stands in the box: a name, and below it what else is to be seen. */
  readonly content: ReactNode
  /** Absent: a step of a plan, which has no state. */
  readonly tone?: Tone
  readonly isCurrent?: boolean
}

const width = 180
const height = 52
const gapX = 48
const gapY = 16

const xOf = (column: number) => column * (width + gapX)
const yOf = (row: number) => row * (height + gapY)

// Level to the last gap and only then up or down: a line over several columns must not cross the boxes between.
function line(from: Placed<PictureStep>, to: Placed<PictureStep>): string {
  const [x1, y1] = [xOf(from.column) + width, yOf(from.row) + height / 2]
  const [x2, y2] = [xOf(to.column), yOf(to.row) + height / 2]
  const bend = x2 - gapX
  const middle = x2 - gapX / 2
  return `M${x1} ${y1} H${bend} C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`
}

const classOf = ({ tone, isCurrent }: PictureStep) =>
  [
    'st-picture__step',
    tone && `st-picture__step--toned st-tone-${tone}`,
    isCurrent && 'st-picture__step--current',
  ]
    .filter(Boolean)
    .join(' ')

/** Which step waits for which: from left to right. What stands beside it says the same in words. */
export function StepsPicture({ steps }: { steps: readonly PictureStep[] }) {
  const placed = layersOf(steps)
  const byName = new Map(placed.map((one) => [one.step.name, one]))
  const columns = 1 + Math.max(...placed.map((one) => one.column))
  const rows = 1 + Math.max(...placed.map((one) => one.row))
  const size = { width: xOf(columns) - gapX, height: yOf(rows) - gapY }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section className="st-picture" tabIndex={0} aria-label="Picture of the steps and their order">
      <div className="st-picture__canvas" style={size}>
        <svg {...size} className="st-picture__lines" aria-hidden="true">
          {edgesOf(steps).map(({ from, to }) => {
            const [start, end] = [byName.get(from), byName.get(to)]
            return start && end ? <path key={`${from} ${to}`} d={line(start, end)} /> : null
          })}
        </svg>
        {placed.map(({ step, column, row }) => (
          <div
            key={step.no}
            className={classOf(step)}
            style={{ insetInlineStart: xOf(column), insetBlockStart: yOf(row), width, height }}
            title={step.name}
          >
            {step.content}
          </div>
        ))}
      </div>
    </section>
  )
}
