import { Button, Form, FormGroup, TextInput } from '@patternfly/react-core'
import { type FormEvent, useState } from 'react'
import { type PageProblem, problemOfThrown } from '../client/problems.ts'
import { signIn } from '../client/session.ts'
import { PasswordInput } from '../kit/form/PasswordInput.tsx'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'

interface SignInFormProps {
  /** Who signs in again; then only the password is asked. */
  readonly name?: string
  readonly onSignedIn: () => void | Promise<void>
}

/** Name and password. */
export function SignInForm({ name: fixedName, onSignedIn }: SignInFormProps) {
  const [name, setName] = useState(fixedName ?? '')
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState<PageProblem>()
  const [isRunning, setRunning] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setRunning(true)
    setProblem(undefined)
    try {
      await signIn(name, password)
      await onSignedIn()
    } catch (thrown) {
      setProblem(problemOfThrown(thrown))
      setRunning(false)
    }
  }
  return (
    <Form onSubmit={submit} aria-label="Sign in">
      {problem && <ProblemAlert problem={problem} />}
      <FormGroup label="Name" fieldId="sign-in-name">
        <TextInput
          id="sign-in-name"
          value={name}
          onChange={(_event, value) => setName(value)}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          isRequired
          autoFocus={!fixedName}
          readOnlyVariant={fixedName ? 'default' : undefined}
        />
      </FormGroup>
      <FormGroup label="Password" fieldId="sign-in-password">
        <PasswordInput
          id="sign-in-password"
          value={password}
          onChange={setPassword}
          isCurrent
          isAutoFocused={Boolean(fixedName)}
        />
      </FormGroup>
      <Button type="submit" isBlock isLoading={isRunning} isDisabled={isRunning || !name || !password}>
        Sign in
      </Button>
    </Form>
  )
}
