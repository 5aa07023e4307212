import { useCallback, useEffect, useRef } from 'react'

const everyMs = 60

/** Takes items one by one and hands them over together, a few times a second: a flood becomes few drawings of the page. */
export function useGather<Item>(onItems: (items: readonly Item[]) => void): (item: Item) => void {
  const hand = useRef(onItems)
  const waiting = useRef<Item[]>([])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    hand.current = onItems
  }, [onItems])
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      timer.current = undefined
    },
    [],
  )
  return useCallback((item: Item) => {
    waiting.current.push(item)
    timer.current ??= setTimeout(() => {
      const items = waiting.current
      waiting.current = []
      timer.current = undefined
      hand.current(items)
    }, everyMs)
  }, [])
}
