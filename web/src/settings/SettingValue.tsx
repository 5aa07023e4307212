import { Button, FormSelect, FormSelectOption, Switch } from '@patternfly/react-core'
import { useState } from 'react'
import { graphql } from '../client/gql.ts'
import { useAction } from '../client/mutation.ts'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'
import { SettingText } from './SettingText.tsx'
import type { Setting } from './setting.ts'
import { boundsText, textOfSetting } from './settingValue.ts'

const UpdateSetting = graphql(`
  mutation UpdateSetting($input: UpdateSettingInput!) {
    updateSetting(input: $input) {
      name
      value
      updatedAt
      updatedBy
    }
  }
`)

interface SettingValueProps {
  readonly setting: Setting
  readonly canManage: boolean
}

// As its switch says it.
const defaultText = (value: unknown) =>
  typeof value === 'boolean' ? (value ? 'On' : 'Off') : textOfSetting(value) || 'empty'

const isSame = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right)

/** The value of a setting, with the editor that its type asks for. */
export function SettingValue({ setting, canManage }: SettingValueProps) {
  const update = useAction(UpdateSetting)
  const [isEditing, setEditing] = useState(false)
  const save = async (value: unknown) => {
    const { problem } = await update.run({ input: { name: setting.name, value } })
    if (!problem) setEditing(false)
  }
  return (
    <div className="st-cell">
      <Editor
        setting={setting}
        canManage={canManage}
        isRunning={update.isRunning}
        isEditing={isEditing}
        onEdit={setEditing}
        onSave={(value) => void save(value)}
      />
      {update.problem && <ProblemAlert problem={update.problem} />}
      {!isSame(setting.value, setting.default) && (
        <span className="st-quiet st-small">
          Default: {defaultText(setting.default)}{' '}
          {canManage && (
            <Button
              variant="link"
              isInline
              onClick={() => void save(setting.default)}
              isDisabled={update.isRunning}
            >
              Reset
            </Button>
          )}
        </span>
      )}
    </div>
  )
}

interface EditorProps extends SettingValueProps {
  readonly isRunning: boolean
  readonly isEditing: boolean
  readonly onEdit: (isEditing: boolean) => void
  readonly onSave: (value: unknown) => void
}

function Editor({ setting, canManage, isRunning, isEditing, onEdit, onSave }: EditorProps) {
  if (typeof setting.value === 'boolean') {
    return (
      <Switch
        id={`setting-${setting.name}`}
        aria-label={setting.name}
        label={setting.value ? 'On' : 'Off'}
        isChecked={setting.value}
        isDisabled={!canManage || isRunning}
        onChange={(_event, isOn) => onSave(isOn)}
      />
    )
  }
  if (setting.choices && setting.choices.length > 0) {
    const choices = setting.choices
    return (
      <FormSelect
        aria-label={setting.name}
        value={String(choices.findIndex((choice) => isSame(choice, setting.value)))}
        isDisabled={!canManage || isRunning}
        onChange={(_event, at) => onSave(choices[Number(at)])}
      >
        {choices.map((choice, at) => (
          <FormSelectOption key={textOfSetting(choice)} value={String(at)} label={textOfSetting(choice)} />
        ))}
      </FormSelect>
    )
  }
  if (isEditing) {
    return (
      <SettingText
        setting={setting}
        hint={boundsText(setting)}
        isRunning={isRunning}
        onSave={onSave}
        onCancel={() => onEdit(false)}
      />
    )
  }
  return (
    <span className="st-row">
      <span className="st-break st-number">
        {textOfSetting(setting.value) || <span className="st-quiet">empty</span>}
      </span>
      {canManage && (
        <Button variant="link" isInline onClick={() => onEdit(true)} aria-label={`Edit ${setting.name}`}>
          Edit
        </Button>
      )}
    </span>
  )
}
