import { TextArea } from '@patternfly/react-core'
import { Field, type FieldProps, hintId } from './Field.tsx'

interface AreaFieldProps extends Omit<FieldProps, 'children' | 'isGroup'> {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly onBlur?: () => void
  /** Of a program: letters of one width, no spelling. */
  readonly isCode?: boolean
  readonly rows?: number
}

/** Several lines of text. */
export function AreaField({ value, onChange, onBlur, isCode, rows = 4, ...field }: AreaFieldProps) {
  return (
    <Field {...field}>
      <TextArea
        id={field.id}
        value={value}
        onChange={(_event, next) => onChange(next)}
        onBlur={onBlur}
        rows={rows}
        autoResize
        resizeOrientation="vertical"
        spellCheck={!isCode}
        className={isCode ? 'st-code' : undefined}
        validated={field.problem ? 'error' : 'default'}
        aria-describedby={hintId(field.id, field.hint, field.problem)}
      />
    </Field>
  )
}
