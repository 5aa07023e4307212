import { Switch } from '@patternfly/react-core'
import { Field, type FieldProps } from './Field.tsx'

interface SwitchFieldProps extends Omit<FieldProps, 'children' | 'isGroup'> {
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}

/** Yes or no. */
export function SwitchField({ isOn, onChange, ...field }: SwitchFieldProps) {
  return (
    <Field {...field}>
      <Switch
        id={field.id}
        aria-label={field.label}
        label={isOn ? 'Yes' : 'No'}
        isChecked={isOn}
        onChange={(_event, next) => onChange(next)}
      />
    </Field>
  )
}
