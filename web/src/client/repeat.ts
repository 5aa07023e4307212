import { useEffect, useEffectEvent } from 'react'

/** Runs every so many milliseconds while somebody looks at the page: for what nobody announces. */
export function useRepeatedly(run: () => void, everyMs: number): void {
  const go = useEffectEvent(run)
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && go(), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
}
