import { useCallback, useSyncExternalStore } from 'react'

/** Does a media query hold now? */
export function useMedia(query: string): boolean {
  const listen = useCallback(
    (listener: () => void) => {
      const media = window.matchMedia(query)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    [query],
  )
  return useSyncExternalStore(listen, () => window.matchMedia(query).matches)
}

/** From this width on the table is a table and the navigation stands beside the page. */
export const wide = '(min-width: 1200px)'
export const phone = '(max-width: 767px)'
