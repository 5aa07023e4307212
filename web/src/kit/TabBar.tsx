import './TabBar.css'
import { createLink } from '@tanstack/react-router'
import { type AnchorHTMLAttributes, type ReactNode, type Ref, useEffect, useRef } from 'react'

/** Tabs are places with an address of their own: a list of links. */
export function TabBar({ label, children }: { label: string; children: ReactNode }) {
  const bar = useRef<HTMLElement>(null)
  const shown = useRef<{ tab: HTMLElement; left: number }>(null)
  // On a phone the open one may stand beyond the edge, at once or when counts that come later have widened those before it.
  // The bar alone is moved, never the page.
  useEffect(() => {
    const current = bar.current?.querySelector<HTMLElement>('[aria-current]')
    if (!bar.current || !current) return
    if (shown.current?.tab === current && shown.current.left === current.offsetLeft) return
    shown.current = { tab: current, left: current.offsetLeft }
    bar.current.scrollLeft = current.offsetLeft - (bar.current.clientWidth - current.offsetWidth) / 2
  })
  return (
    <nav ref={bar} className="st-tabs" aria-label={label}>
      {children}
    </nav>
  )
}

interface TabProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly ref?: Ref<HTMLAnchorElement>
  readonly isCurrent: boolean
  readonly count?: number | string
}

function Tab({ ref, isCurrent, count, children, ...props }: TabProps) {
  return (
    <a
      {...props}
      ref={ref}
      className="st-tab"
      aria-current={isCurrent ? 'page' : undefined}
      data-status={undefined}
    >
      {children}
      {count !== undefined && count !== 0 && count !== '0' && (
        <>
          {/* Nobody sees it, but it is read out as two words. */}{' '}
          <span className="st-tab__count">
            {typeof count === 'number' ? count.toLocaleString('en') : count}
          </span>
        </>
      )}
    </a>
  )
}

export const TabLink = createLink(Tab)
