import type { ReactNode } from 'react'
import { useChanged } from './useChanged.ts'

/** Its content is lit for a moment whenever `value` changes: the eye finds what moved, and nothing else moves. */
export function Changing({ value, children }: { value: unknown; children: ReactNode }) {
  const isFresh = useChanged(value)
  return <span className={isFresh ? 'st-changing st-changing--fresh' : 'st-changing'}>{children}</span>
}
