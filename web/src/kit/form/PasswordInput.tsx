import { Button, InputGroup, InputGroupItem, TextInput } from '@patternfly/react-core'
import EyeIcon from '@patternfly/react-icons/dist/esm/icons/eye-icon'
import EyeSlashIcon from '@patternfly/react-icons/dist/esm/icons/eye-slash-icon'
import { useState } from 'react'

interface PasswordInputProps {
  readonly id: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly onBlur?: () => void
  /** The password of an account that exists, for password managers. */
  readonly isCurrent?: boolean
  readonly isAutoFocused?: boolean
  readonly isWrong?: boolean
  readonly describedBy?: string
}

/** A secret: masked, with a button to look at it. */
export function PasswordInput(props: PasswordInputProps) {
  const { id, value, onChange, onBlur, isCurrent, isAutoFocused, isWrong, describedBy } = props
  const [isShown, setShown] = useState(false)
  return (
    <InputGroup>
      <InputGroupItem isFill>
        <TextInput
          id={id}
          type={isShown ? 'text' : 'password'}
          value={value}
          onChange={(_event, next) => onChange(next)}
          onBlur={onBlur}
          autoComplete={isCurrent ? 'current-password' : 'new-password'}
          autoFocus={isAutoFocused}
          validated={isWrong ? 'error' : 'default'}
          aria-describedby={describedBy}
          spellCheck={false}
        />
      </InputGroupItem>
      <InputGroupItem>
        <Button
          variant="control"
          aria-label={isShown ? 'Hide the password' : 'Show the password'}
          onClick={() => setShown(!isShown)}
          icon={isShown ? <EyeSlashIcon /> : <EyeIcon />}
        />
      </InputGroupItem>
    </InputGroup>
  )
}
