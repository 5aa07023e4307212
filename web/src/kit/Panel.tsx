import { Card, CardBody, CardHeader, CardTitle } from '@patternfly/react-core'
import { type ReactNode, useId } from 'react'

interface PanelProps {
  readonly title: string
  readonly actions?: ReactNode
  readonly children: ReactNode
  readonly isPlain?: boolean
}

/** A part of a page with a heading of its own. */
export function Panel({ title, actions, children, isPlain }: PanelProps) {
  const id = useId()
  return (
    <Card component="section" aria-labelledby={id} isPlain={isPlain} isCompact>
      <CardHeader actions={actions ? { actions, hasNoOffset: true } : undefined}>
        <CardTitle component="h2" id={id}>
          {title}
        </CardTitle>
      </CardHeader>
      <CardBody>{children}</CardBody>
    </Card>
  )
}
