import { Button, Form } from '@patternfly/react-core'
import { type FormEvent, useState } from 'react'
import { TextField } from '../kit/form/TextField.tsx'
import type { Setting } from './setting.ts'
import { parseSetting, textOfSetting } from './settingValue.ts'

interface SettingTextProps {
  readonly setting: Setting
  readonly hint: string | undefined
  readonly isRunning: boolean
  readonly onSave: (value: unknown) => void
  readonly onCancel: () => void
}

/** A number or a text, edited in place. */
export function SettingText({ setting, hint, isRunning, onSave, onCancel }: SettingTextProps) {
  const [text, setText] = useState(textOfSetting(setting.value))
  const { value, problem } = parseSetting(setting, text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!problem) onSave(value)
  }
  return (
    <Form onSubmit={submit}>
      <TextField
        id={`setting-${setting.name}`}
        label={setting.name}
        value={text}
        onChange={setText}
        hint={setting.type === 'list' ? 'Several, with commas between them' : hint}
        problem={problem}
        type={typeof setting.value === 'number' ? 'number' : 'text'}
        step="any"
      />
      <div className="st-row">
        <Button type="submit" size="sm" isDisabled={Boolean(problem) || isRunning} isLoading={isRunning}>
          Save
        </Button>
        <Button variant="link" size="sm" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </Form>
  )
}
