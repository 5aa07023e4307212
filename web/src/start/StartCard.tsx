import { Card, CardBody, CardFooter, CardHeader, CardTitle } from '@patternfly/react-core'
import { type ReactNode, useId } from 'react'

interface StartCardProps {
  readonly number: number
  readonly title: string
  readonly children: ReactNode
  readonly footer: ReactNode
  /** It has much to show now: it takes the row below, and the others stay where they are. */
  readonly isWide?: boolean
}

/** One of the things to begin with. */
export function StartCard({ number, title, children, footer, isWide }: StartCardProps) {
  const id = useId()
  return (
    <Card
      component="section"
      aria-labelledby={id}
      isFullHeight
      className={isWide ? 'st-start__wide' : undefined}
    >
      <CardHeader>
        <div className="st-start__number" aria-hidden="true">
          {number}
        </div>
        <CardTitle component="h2" id={id}>
          {title}
        </CardTitle>
      </CardHeader>
      <CardBody>{children}</CardBody>
      <CardFooter>{footer}</CardFooter>
    </Card>
  )
}
