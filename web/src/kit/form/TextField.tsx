import { TextInput } from '@patternfly/react-core'
import { Field, type FieldProps, hintId } from './Field.tsx'

export interface TextFieldProps extends Omit<FieldProps, 'children' | 'isGroup'> {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly onBlur?: () => void
  readonly type?: 'text' | 'number' | 'date' | 'datetime-local' | 'email'
  readonly autoComplete?: string
  readonly min?: number
  readonly max?: number
  readonly step?: number | 'any'
}

/** A line of text or a number. */
export function TextField({
  value,
  onChange,
  onBlur,
  type = 'text',
  autoComplete = 'off',
  min,
  max,
  step,
  ...field
}: TextFieldProps) {
  return (
    <Field {...field}>
      <TextInput
        id={field.id}
        type={type}
        value={value}
        onChange={(_event, next) => onChange(next)}
        onBlur={onBlur}
        autoComplete={autoComplete}
        min={min}
        max={max}
        step={step}
        validated={field.problem ? 'error' : 'default'}
        aria-describedby={hintId(field.id, field.hint, field.problem)}
      />
    </Field>
  )
}
