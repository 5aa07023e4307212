import { FormHelperText, HelperText, HelperTextItem } from '@patternfly/react-core'
import type { ReactNode } from 'react'

interface FieldHintProps {
  /** The id of the field; the text gets `<id>-hint`, for aria-describedby. */
  readonly id: string
  readonly hint?: ReactNode
  /** Stands above the hint, which is needed most when something is wrong. */
  readonly problem?: string
}

/** Below a field: what belongs into it, or what is wrong with it. */
export function FieldHint({ id, hint, problem }: FieldHintProps) {
  if (!hint && !problem) return null
  return (
    <FormHelperText>
      <HelperText id={`${id}-hint`} isLiveRegion={Boolean(problem)}>
        {problem && <HelperTextItem variant="error">{problem}</HelperTextItem>}
        {hint && <HelperTextItem>{hint}</HelperTextItem>}
      </HelperText>
    </FormHelperText>
  )
}
