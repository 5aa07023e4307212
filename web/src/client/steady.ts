import { useEffect, useEffectEvent, useRef } from 'react'

interface SteadyOptions {
  readonly everyMs: number
  readonly pause?: boolean
  /** Also run for the first version; otherwise that one is known already. */
  readonly runsFirst?: boolean
}

/** Runs when `version` changes, but not more often than every so many milliseconds; the last change is never missed. */
export function useSteadily(version: string, run: () => void, options: SteadyOptions): void {
  const { everyMs, pause = false, runsFirst = false } = options
  const seen = useRef(runsFirst ? undefined : version)
  const ranAt = useRef(0)
  const go = useEffectEvent(() => {
    ranAt.current = Date.now()
    seen.current = version
    run()
  })
  useEffect(() => {
    if (pause || seen.current === version) return
    const timer = setTimeout(() => go(), Math.max(0, ranAt.current + everyMs - Date.now()))
    return () => clearTimeout(timer)
  }, [version, everyMs, pause])
}
