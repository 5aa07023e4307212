import './chart.css'
import { lazy, Suspense } from 'react'
import type { Slice } from './Donut.tsx'

// recharts weighs more than the page around it: it comes after the numbers are there to read.
const Donut = lazy(async () => ({ default: (await import('./Donut.tsx')).Donut }))

interface LazyDonutProps {
  readonly slices: readonly Slice[]
  readonly label: string
  readonly total: string
  readonly caption: string
}

const size = 160

/** The donut with the sum in its middle; its place is kept while it loads. */
export function LazyDonut({ slices, label, total, caption }: LazyDonutProps) {
  return (
    <div className="st-donut-frame" style={{ width: size, height: size }}>
      <Suspense fallback={null}>
        <Donut slices={slices} label={label} size={size} />
      </Suspense>
      <div className="st-donut-frame__middle" aria-hidden="true">
        <span className="st-donut-frame__total">{total}</span>
        <span className="st-quiet st-small">{caption}</span>
      </div>
    </div>
  )
}
