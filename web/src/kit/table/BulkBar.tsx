import { Button } from '@patternfly/react-core'
import type { ReactNode } from 'react'

interface BulkBarProps {
  readonly count: number
  readonly noun: string
  readonly onClear: () => void
  readonly children: ReactNode
}

/** What can be done with the ticked rows, with their exact number. */
export function BulkBar({ count, noun, onClear, children }: BulkBarProps) {
  if (count === 0) return null
  return (
    <section className="st-bulk" aria-label="Selected rows">
      <strong aria-live="polite">
        {count} {noun}
        {count === 1 ? '' : 's'} selected
      </strong>
      {children}
      <Button variant="link" isInline onClick={onClear}>
        Clear
      </Button>
    </section>
  )
}
