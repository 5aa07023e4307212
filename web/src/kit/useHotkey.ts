import { useEffect, useEffectEvent } from 'react'

const typing = 'input, textarea, select, [contenteditable="true"]'

function isTyping(event: KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.closest(typing) !== null
}

/**
 * Calls `onPress` for a key pressed anywhere on the page, but never while somebody writes.
 * `mod+k` is Ctrl+K, and ⌘K on a Mac; such a combination also works while writing.
 */
export function useHotkey(combination: string, onPress: () => void): void {
  const press = useEffectEvent(onPress)
  useEffect(() => {
    const needsModifier = combination.startsWith('mod+')
    const key = needsModifier ? combination.slice(4) : combination
    const listen = (event: KeyboardEvent) => {
      const hasModifier = event.ctrlKey || event.metaKey
      if (event.key.toLowerCase() !== key || hasModifier !== needsModifier || event.altKey) return
      if (!needsModifier && (isTyping(event) || document.querySelector('[aria-modal="true"]'))) return
      event.preventDefault()
      press()
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [combination])
}
