import { Button, InputGroup, InputGroupItem, TextInput } from '@patternfly/react-core'
import PlusIcon from '@patternfly/react-icons/dist/esm/icons/plus-icon'
import TimesIcon from '@patternfly/react-icons/dist/esm/icons/times-icon'
import { useRef } from 'react'
import { flushSync } from 'react-dom'
import { Field, type FieldProps, hintId } from './Field.tsx'

interface ListFieldProps extends Omit<FieldProps, 'children' | 'isGroup'> {
  readonly values: readonly string[]
  readonly onChange: (values: readonly string[]) => void
  readonly onBlur?: () => void
  readonly type?: 'text' | 'number' | 'password'
}

/** Several values of one kind, a line for each. */
export function ListField({ values, onChange, onBlur, type = 'text', ...field }: ListFieldProps) {
  const change = (at: number, next: string) =>
    onChange(values.map((value, index) => (index === at ? next : value)))
  const addText = values.length > 0 ? 'Add another' : 'Add a value'
  const list = useRef<HTMLDivElement>(null)
  // Whoever works with the keyboard goes on where the list has changed.
  const add = () => {
    flushSync(() => onChange([...values, '']))
    list.current?.querySelector<HTMLElement>(':scope > :nth-last-child(2) input')?.focus()
  }
  const remove = (at: number) => {
    flushSync(() => onChange(values.filter((_value, index) => index !== at)))
    list.current?.querySelector<HTMLElement>(':scope > button')?.focus()
  }
  return (
    <Field {...field} isGroup>
      <div ref={list} className="st-list-field">
        {values.map((value, at) => (
          // The place in the list is all the identity a value has.
          <InputGroup key={at}>
            <InputGroupItem isFill>
              <TextInput
                id={at === 0 ? field.id : `${field.id}-${at}`}
                type={type}
                value={value}
                aria-label={`${field.label} ${at + 1}`}
                aria-describedby={hintId(field.id, field.hint, field.problem)}
                onChange={(_event, next) => change(at, next)}
                onBlur={onBlur}
                validated={field.problem ? 'error' : 'default'}
              />
            </InputGroupItem>
            <InputGroupItem>
              <Button
                variant="control"
                aria-label={`Remove ${field.label} ${at + 1}`}
                icon={<TimesIcon />}
                onClick={() => remove(at)}
              />
            </InputGroupItem>
          </InputGroup>
        ))}
        <Button
          variant="link"
          isInline
          icon={<PlusIcon />}
          aria-label={`${addText} to ${field.label}`}
          onClick={add}
        >
          {addText}
        </Button>
      </div>
    </Field>
  )
}
