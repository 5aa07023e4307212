import { FormSelect, FormSelectOption } from '@patternfly/react-core'
import { Field, type FieldProps, hintId } from './Field.tsx'

interface SelectFieldProps extends Omit<FieldProps, 'children' | 'isGroup'> {
  /** The index of the chosen option as text; empty when none is. */
  readonly value: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string) => void
  readonly onBlur?: () => void
}

/** One of a few. */
export function SelectField({ value, options, onChange, onBlur, ...field }: SelectFieldProps) {
  return (
    <Field {...field}>
      <FormSelect
        id={field.id}
        value={value}
        onChange={(_event, next) => onChange(next)}
        onBlur={onBlur}
        validated={field.problem ? 'error' : 'default'}
        aria-describedby={hintId(field.id, field.hint, field.problem)}
      >
        <FormSelectOption value="" label="Choose…" isPlaceholder isDisabled={!field.isOptional} />
        {options.map((option) => (
          <FormSelectOption key={option.value} value={option.value} label={option.label} />
        ))}
      </FormSelect>
    </Field>
  )
}
