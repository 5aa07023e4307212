import { useEffect } from 'react'
import type { Tone } from './status.ts'

const ordinary = '/favicon.svg'

/** The icon of the browser's tab carries the state while the component stands; files, because the policy allows no data. */
export function useTabIcon(tone: Tone): void {
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
    if (!link) return
    link.href = `/icons/${tone}.svg`
    return () => {
      link.href = ordinary
    }
  }, [tone])
}
