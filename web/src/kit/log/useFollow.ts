import { useCallback, useLayoutEffect, useRef, useState } from 'react'

const nearEndPixels = 32

/** Keeps a scrolled frame at its end while `growth` rises, until the reader scrolls away from it. */
export function useFollow(growth: number) {
  const frame = useRef<HTMLElement>(null)
  const [isFollowing, setFollowing] = useState(true)
  const toEnd = useCallback(() => {
    const element = frame.current
    if (element) element.scrollTop = element.scrollHeight
  }, [])
  // `growth` says when there is something new to scroll to.
  useLayoutEffect(() => {
    if (isFollowing) toEnd()
  }, [growth, isFollowing, toEnd])
  const onScroll = useCallback(() => {
    const element = frame.current
    if (!element) return
    setFollowing(element.scrollHeight - element.scrollTop - element.clientHeight < nearEndPixels)
  }, [])
  const follow = useCallback(() => {
    setFollowing(true)
    toEnd()
  }, [toEnd])
  return { frame, isFollowing, follow, onScroll }
}
