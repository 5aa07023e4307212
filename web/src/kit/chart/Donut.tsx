import { Cell, Pie, PieChart } from 'recharts'
import type { Tone } from '../status.ts'

export interface Slice {
  readonly name: string
  readonly value: number
  readonly tone: Tone
}

interface DonutProps {
  readonly slices: readonly Slice[]
  readonly label: string
  readonly size?: number
}

/** Parts of a whole; the table beside it says the same in numbers. */
export function Donut({ slices, label, size = 180 }: DonutProps) {
  const shown = slices.filter((slice) => slice.value > 0)
  return (
    <div className="st-donut" role="img" aria-label={label}>
      <PieChart width={size} height={size} accessibilityLayer={false}>
        <Pie
          data={shown.map(({ name, value }) => ({ name, value }))}
          dataKey="value"
          nameKey="name"
          innerRadius="66%"
          outerRadius="98%"
          startAngle={90}
          endAngle={-270}
          paddingAngle={shown.length > 1 ? 1.5 : 0}
          minAngle={4}
          stroke="none"
          isAnimationActive={false}
        >
          {shown.map((slice) => (
            <Cell key={slice.name} fill={`var(--st-tone-${slice.tone})`} />
          ))}
        </Pie>
      </PieChart>
    </div>
  )
}
