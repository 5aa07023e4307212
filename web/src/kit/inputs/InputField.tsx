import type { TemplateInput } from '@stint/schema/template-types'
import { Field, hintId } from '../form/Field.tsx'
import { ListField } from '../form/ListField.tsx'
import { PasswordInput } from '../form/PasswordInput.tsx'
import { SelectField } from '../form/SelectField.tsx'
import { SwitchField } from '../form/SwitchField.tsx'
import { TextField } from '../form/TextField.tsx'
import type { DraftValue } from './draft.ts'

interface InputFieldProps {
  readonly input: TemplateInput
  readonly value: DraftValue
  readonly problem: string | undefined
  readonly onChange: (value: DraftValue) => void
  readonly onBlur: () => void
}

const labelOf = (legal: unknown) => (typeof legal === 'string' ? legal : JSON.stringify(legal))

/** What belongs into the field: the description, and the rule that a value must obey. */
function hintOf({ description, regex }: TemplateInput) {
  if (!regex) return description
  return (
    <>
      {description && `${description} · `}must match <code className="st-code">{regex}</code>
    </>
  )
}

/** One input of a template as a field of the kind it needs. */
export function InputField({ input, value, problem, onChange, onBlur }: InputFieldProps) {
  const field = {
    id: `input-${input.name}`,
    label: input.name,
    hint: hintOf(input),
    problem,
    isOptional: input.optional || input.default !== undefined,
    onBlur,
  }
  if (typeof value === 'boolean')
    return <SwitchField {...field} isOptional={false} isOn={value} onChange={onChange} />
  if (typeof value !== 'string') {
    return (
      <ListField
        {...field}
        values={value}
        onChange={onChange}
        type={input.type === 'password' ? 'password' : 'text'}
      />
    )
  }
  if (input.legalValues) {
    const options = input.legalValues.map((legal, at) => ({ value: String(at), label: labelOf(legal) }))
    return <SelectField {...field} value={value} options={options} onChange={onChange} />
  }
  if (input.type === 'password') {
    return (
      <Field {...field}>
        <PasswordInput
          id={field.id}
          value={value}
          onChange={onChange}
          onBlur={onBlur}
          isWrong={problem !== undefined}
          describedBy={hintId(field.id, field.hint, problem)}
        />
      </Field>
    )
  }
  return (
    <TextField
      {...field}
      value={value}
      onChange={onChange}
      type={input.type === 'number' ? 'number' : 'text'}
      step="any"
    />
  )
}
