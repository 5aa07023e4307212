import { Checkbox } from '@patternfly/react-core'
import { AreaField } from '../form/AreaField.tsx'
import { Field, hintId } from '../form/Field.tsx'
import { ListField } from '../form/ListField.tsx'
import { PasswordInput } from '../form/PasswordInput.tsx'
import { SelectField } from '../form/SelectField.tsx'
import { SwitchField } from '../form/SwitchField.tsx'
import { TextField, type TextFieldProps } from '../form/TextField.tsx'
import type { DraftValue } from '../inputs/draft.ts'
import type { SchemaField } from './fields.ts'
import type { SchemaForm } from './useSchemaForm.ts'

/** A field for every part of a schema that people are asked for. */
export function SchemaFields({ form, name }: { form: SchemaForm; name: string }) {
  return form.fields.map((field) => (
    <OneField
      key={field.key}
      id={`${name}-${field.key}`}
      field={field}
      value={form.draft[field.key] ?? ''}
      problem={form.problemOf(field.key)}
      onChange={(value) => form.change(field.key, value)}
      onBlur={() => form.touch(field.key)}
    />
  ))
}

interface OneFieldProps {
  readonly id: string
  readonly field: SchemaField
  readonly value: DraftValue
  readonly problem: string | undefined
  readonly onChange: (value: DraftValue) => void
  readonly onBlur: () => void
}

const inputTypes: Partial<Record<SchemaField['kind'], TextFieldProps['type']>> = {
  number: 'number',
  date: 'date',
  'date-time': 'datetime-local',
}

function hintOf({ schema, kind }: SchemaField): string | undefined {
  const [example] = schema.examples ?? []
  const parts = [
    schema.description,
    example !== undefined && `For example ${typeof example === 'string' ? example : JSON.stringify(example)}`,
    kind === 'json' && 'As JSON.',
  ]
  return parts.filter(Boolean).join(' ') || undefined
}

function OneField({ id, field, value, problem, onChange, onBlur }: OneFieldProps) {
  const props = {
    id,
    label: field.label,
    hint: hintOf(field),
    problem,
    isOptional: !field.isRequired,
    onBlur,
  }
  if (typeof value === 'boolean')
    return <SwitchField {...props} isOptional={false} isOn={value} onChange={onChange} />
  if (typeof value !== 'string') {
    if (field.kind === 'choices')
      return <Choices {...props} field={field} chosen={value} onChange={onChange} />
    return <ListField {...props} values={value} onChange={onChange} />
  }
  if (field.kind === 'choice') {
    const options = field.choices.map((choice, at) => ({ value: String(at), label: choice.label }))
    return <SelectField {...props} value={value} options={options} onChange={onChange} />
  }
  if (field.kind === 'lines' || field.kind === 'json')
    return <AreaField {...props} value={value} onChange={onChange} isCode={field.kind === 'json'} />
  if (field.kind === 'secret') {
    return (
      <Field {...props}>
        <PasswordInput
          id={id}
          value={value}
          onChange={onChange}
          onBlur={onBlur}
          isWrong={problem !== undefined}
          describedBy={hintId(id, props.hint, problem)}
        />
      </Field>
    )
  }
  return (
    <TextField
      {...props}
      value={value}
      onChange={onChange}
      type={inputTypes[field.kind] ?? 'text'}
      step="any"
    />
  )
}

interface ChoicesProps {
  readonly id: string
  readonly label: string
  readonly hint?: string
  readonly problem?: string
  readonly isOptional: boolean
  readonly field: SchemaField
  readonly chosen: readonly string[]
  readonly onChange: (chosen: readonly string[]) => void
}

/** Some of a few. */
function Choices({ field, chosen, onChange, ...props }: ChoicesProps) {
  const flip = (at: string, isOn: boolean) =>
    onChange(
      field.choices
        .map((_choice, index) => String(index))
        .filter((one) => (one === at ? isOn : chosen.includes(one))),
    )
  return (
    <Field {...props} isGroup>
      <div className="st-checks">
        {field.choices.map((choice, at) => (
          <Checkbox
            key={choice.label}
            id={at === 0 ? props.id : `${props.id}-${at}`}
            label={choice.label}
            isChecked={chosen.includes(String(at))}
            onChange={(_event, isOn) => flip(String(at), isOn)}
          />
        ))}
      </div>
    </Field>
  )
}
