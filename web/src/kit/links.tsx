import { Button, type ButtonProps } from '@patternfly/react-core'
import { createLink } from '@tanstack/react-router'
import type { Ref } from 'react'

function ButtonAnchor({
  ref,
  ...props
}: Omit<ButtonProps, 'ref' | 'type'> & { ref?: Ref<HTMLAnchorElement> }) {
  return <Button component="a" {...props} ref={ref as unknown as Ref<HTMLButtonElement>} />
}

/** A link that looks like a button. */
export const ButtonLink = createLink(ButtonAnchor)
