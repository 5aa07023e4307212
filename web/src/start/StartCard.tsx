import { Card, CardBody, CardFooter, CardHeader, CardTitle } from '@patternfly/react-core'
import { type ReactNode, useId } from 'react'

interface StartCardProps {
  readonly number: number
  readonly title: string
  readonly children: ReactNode
  readonly footer: ReactNode
}

/** One of the things to begin with. */
export function StartCard({ number, title, children, footer }: StartCardProps) {
  const id = useId()
  return (
    <Card component="section" aria-labelledby={id} isFullHeight>
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
