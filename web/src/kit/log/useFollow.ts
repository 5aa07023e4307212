import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

const nearEndPixels = 32
// Lines get their real height only once they are in sight: the end moves on for a few frames after it was reached.
const settlingFrames = 6

const isNearEnd = (element: HTMLElement) =>
  element.scrollHeight - element.scrollTop - element.clientHeight < nearEndPixels

/** Keeps a scrolled frame at its end while `growth` rises, until the reader scrolls away from it. */
export function useFollow(growth: number) {
  const frame = useRef<HTMLElement>(null)
  const lastTop = useRef(0)
  const settling = useRef(0)
  const [isFollowing, setFollowing] = useState(true)
  const toEnd = useCallback(() => {
    cancelAnimationFrame(settling.current)
    const go = (frames: number) => {
      const element = frame.current
      if (!element) return
      element.scrollTop = element.scrollHeight
      lastTop.current = element.scrollTop
      if (frames > 0) settling.current = requestAnimationFrame(() => go(frames - 1))
    }
    go(settlingFrames)
  }, [])
  const stay = useCallback(() => cancelAnimationFrame(settling.current), [])
  useEffect(() => stay, [stay])
  // `growth` says when there is something new to scroll to.
  useLayoutEffect(() => {
    if (isFollowing) toEnd()
  }, [growth, isFollowing, toEnd])
  // A frame that becomes wider, lower or wrapped has another end.
  useEffect(() => {
    const element = frame.current
    if (!element || !isFollowing) return
    const observer = new ResizeObserver(toEnd)
    observer.observe(element)
    return () => observer.disconnect()
  }, [isFollowing, toEnd])
  const onScroll = useCallback(() => {
    const element = frame.current
    if (!element) return
    // Only a reader goes up; what grows below is no reason to stop following.
    const wentUp = element.scrollTop < lastTop.current
    lastTop.current = element.scrollTop
    if (isNearEnd(element)) setFollowing(true)
    else if (wentUp) {
      stay()
      setFollowing(false)
    }
  }, [stay])
  const follow = useCallback(() => {
    setFollowing(true)
    toEnd()
  }, [toEnd])
  return { frame, isFollowing, follow, onScroll }
}
