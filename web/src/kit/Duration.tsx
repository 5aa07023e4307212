import { useNow } from './clock.ts'
import { durationText, elapsedMs, exactText, tickingText } from './time.ts'

interface DurationProps {
  readonly from: string | null | undefined
  /** Open: it is still going on, and the text ticks. */
  readonly to: string | null | undefined
}

/** How long something took, or has taken so far. */
export function Duration({ from, to }: DurationProps) {
  const isStill = !from || Boolean(to)
  const now = useNow(isStill)
  if (!from) return <span className="st-quiet">–</span>
  const hint = to ? `${exactText(from)} – ${exactText(to)}` : `since ${exactText(from)}`
  return (
    <span className="st-number st-nowrap" title={hint}>
      {to ? durationText(elapsedMs(from, to, now)) : tickingText(elapsedMs(from, to, now))}
    </span>
  )
}
