import type { TemplateInput } from '@stint/schema/template-types'
import { InputField } from './InputField.tsx'
import type { useInputForm } from './useInputForm.ts'

interface InputFieldsProps {
  readonly inputs: readonly TemplateInput[]
  readonly form: ReturnType<typeof useInputForm>
}

/** A field for every input that people are asked for. */
export function InputFields({ inputs, form }: InputFieldsProps) {
  return inputs
    .filter((input) => !input.hidden)
    .map((input) => (
      <InputField
        key={input.name}
        input={input}
        value={form.draft[input.name] ?? ''}
        problem={form.problemOf(input.name)}
        onChange={(value) => form.change(input.name, value)}
        onBlur={() => form.touch(input.name)}
      />
    ))
}
