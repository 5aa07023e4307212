import { Button, type ButtonProps } from '@patternfly/react-core'
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, Ref } from 'react'

type AnchorProps = AnchorHTMLAttributes<HTMLAnchorElement> & { ref?: Ref<HTMLAnchorElement> }

function ButtonAnchor({
  ref,
  ...props
}: Omit<ButtonProps, 'ref' | 'type'> & { ref?: Ref<HTMLAnchorElement> }) {
  return <Button component="a" {...props} ref={ref as unknown as Ref<HTMLButtonElement>} />
}

/** A link that looks like a button. */
export const ButtonLink = createLink(ButtonAnchor)

function BlockAnchor({ ref, className, ...props }: AnchorProps) {
  return <a {...props} ref={ref} className={className ?? 'st-block-link'} />
}

/** A link around a card or a row. */
export const BlockLink = createLink(BlockAnchor)
