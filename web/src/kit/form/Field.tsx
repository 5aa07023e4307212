import { FormGroup } from '@patternfly/react-core'
import type { ReactNode } from 'react'
import { FieldHint } from './FieldHint.tsx'

export interface FieldProps {
  readonly id: string
  readonly label: string
  readonly hint?: ReactNode
  readonly problem?: string
  readonly isOptional?: boolean
  /** The content is a group of fields, not one. */
  readonly isGroup?: boolean
  readonly children: ReactNode
}

/** Label, field, and below it what belongs there or what is wrong. Optional ones are marked, not the required ones. */
export function Field({ id, label, hint, problem, isOptional, isGroup, children }: FieldProps) {
  return (
    <FormGroup
      label={label}
      labelInfo={isOptional ? 'optional' : undefined}
      fieldId={isGroup ? `${id}-group` : id}
      role={isGroup ? 'group' : undefined}
    >
      {children}
      <FieldHint id={id} hint={hint} problem={problem} />
    </FormGroup>
  )
}

/** For `aria-describedby`, when there is something below the field. */
export const hintId = (id: string, hint?: ReactNode, problem?: string): string | undefined =>
  hint || problem ? `${id}-hint` : undefined
