import { FormHelperText, HelperText, HelperTextItem } from '@patternfly/react-core'
import type { ReactNode } from 'react'

interface FieldHintProps {
  /** The id of the field; the text gets `<id>-hint`, for aria-describedby. */
  readonly id: string
  readonly hint?: ReactNode
  /** Stands in place of the hint. */
  readonly problem?: string
}

/** Below a field: what belongs into it, or what is wrong with it. */
export function FieldHint({ id, hint, problem }: FieldHintProps) {
  if (!hint && !problem) return null
  return (
    <FormHelperText>
      <HelperText id={`${id}-hint`} isLiveRegion={Boolean(problem)}>
        <HelperTextItem variant={problem ? 'error' : 'default'}>{problem ?? hint}</HelperTextItem>
      </HelperText>
    </FormHelperText>
  )
}
