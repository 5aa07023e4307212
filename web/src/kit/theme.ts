import { useSyncExternalStore } from 'react'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'stint.theme'
const changed = 'stint-theme'

function currentTheme(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(key)) ?? 'system'
  } catch {
    return 'system'
  }
}

function listen(listener: () => void): () => void {
  window.addEventListener(changed, listener)
  window.addEventListener('storage', listener)
  return () => {
    window.removeEventListener(changed, listener)
    window.removeEventListener('storage', listener)
  }
}

/** Keeps the choice in this browser; theme.js, which also runs before the first paint, puts it on the page. */
export function setTheme(theme: Theme): void {
  try {
    localStorage.setItem(key, theme)
  } catch {
    // Without storage the choice lasts until the page is left.
  }
  window.dispatchEvent(new Event(changed))
}

export const useTheme = (): Theme => useSyncExternalStore(listen, currentTheme)
