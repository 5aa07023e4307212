import { Switch } from '@patternfly/react-core'

interface ToggleFilterProps {
  readonly label: string
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}

/** Narrows a list by one question with yes or no. */
export function ToggleFilter({ label, isOn, onChange }: ToggleFilterProps) {
  return <Switch label={label} isChecked={isOn} onChange={(_event, next) => onChange(next)} />
}
