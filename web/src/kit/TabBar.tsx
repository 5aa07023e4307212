import './TabBar.css'
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ReactNode, Ref } from 'react'

/** Tabs are places with an address of their own: a list of links. */
export function TabBar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav className="st-tabs" aria-label={label}>
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
        <span className="st-tab__count">
          {typeof count === 'number' ? count.toLocaleString('en') : count}
        </span>
      )}
    </a>
  )
}

export const TabLink = createLink(Tab)
