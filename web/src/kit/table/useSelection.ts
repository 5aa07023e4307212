import { useCallback, useMemo, useState } from 'react'
import type { Selection } from './column.ts'

const none: ReadonlySet<string> = new Set()

/** Which rows are ticked. Stays over pages; `clear` after the command. */
export function useSelection(): Selection & { clear: () => void } {
  const [keys, setKeys] = useState(none)
  const toggleAll = useCallback((changed: readonly string[], isSelected: boolean) => {
    setKeys((before) => {
      const after = new Set(before)
      for (const key of changed) isSelected ? after.add(key) : after.delete(key)
      return after
    })
  }, [])
  const toggle = useCallback((key: string, isSelected: boolean) => toggleAll([key], isSelected), [toggleAll])
  const clear = useCallback(() => setKeys(none), [])
  return useMemo(() => ({ keys, toggle, toggleAll, clear }), [keys, toggle, toggleAll, clear])
}
