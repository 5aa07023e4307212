import { EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core'
import type { ComponentType, ReactNode } from 'react'

interface EmptyProps {
  readonly title: string
  readonly icon?: ComponentType
  readonly status?: 'danger' | 'warning' | 'info'
  readonly children?: ReactNode
  readonly actions?: ReactNode
  readonly level?: 'h2' | 'h3'
  readonly isSmall?: boolean
}

/** Nothing to show, and what to do about it. */
export function Empty({ title, icon, status, children, actions, level = 'h2', isSmall }: EmptyProps) {
  return (
    <EmptyState
      titleText={title}
      icon={icon}
      status={status}
      headingLevel={level}
      variant={isSmall ? 'xs' : 'lg'}
    >
      {children && <EmptyStateBody>{children}</EmptyStateBody>}
      {actions && (
        <EmptyStateFooter>
          <EmptyStateActions>{actions}</EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  )
}
