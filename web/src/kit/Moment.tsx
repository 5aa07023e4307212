import { useNow } from './clock.ts'
import { exactText, relativeText } from './time.ts'

interface MomentProps {
  readonly at: string | null | undefined
  /** Drawn when there is no instant. */
  readonly absent?: string
}

/** An instant: relative in text, exact with its zone on hover and for machines that read the page. */
export function Moment({ at, absent = '–' }: MomentProps) {
  const now = useNow(!at)
  if (!at) return <span className="st-quiet">{absent}</span>
  return (
    <time dateTime={at} title={exactText(at)} className="st-nowrap">
      {relativeText(at, now)}
    </time>
  )
}
