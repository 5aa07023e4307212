import { useEffect, useRef, useState } from 'react'

const shownMs = 1200

/** True for a moment after `value` changed; never for its first value. */
export function useChanged(value: unknown): boolean {
  const last = useRef(value)
  const [isFresh, setFresh] = useState(false)
  useEffect(() => {
    if (last.current === value) return
    last.current = value
    setFresh(true)
    const timer = setTimeout(() => setFresh(false), shownMs)
    return () => clearTimeout(timer)
  }, [value])
  return isFresh
}
