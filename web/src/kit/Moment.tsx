import { useNow } from './clock.ts'
import { exactText, relativeText } from './time.ts'

interface MomentProps {
  readonly at: string | null | undefined
  /** Drawn when there is no instant. */
  readonly absent?: string
  /** It will be, and is never past: what is overdue is now. */
  readonly isDue?: boolean
}

const nearMs = 5000
const isNear = (at: string, now: number) => new Date(at).getTime() - now < nearMs

/** An instant: relative in text, exact with its zone on hover and for machines that read the page. */
export function Moment({ at, absent = '–', isDue }: MomentProps) {
  const now = useNow(!at)
  if (!at) return <span className="st-quiet">{absent}</span>
  return (
    <time dateTime={at} title={exactText(at)} className="st-nowrap">
      {isDue && isNear(at, now) ? 'now' : relativeText(at, now)}
    </time>
  )
}
