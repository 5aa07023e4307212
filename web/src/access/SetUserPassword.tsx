import { Button, Form, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core'
import { type FormEvent, useState } from 'react'
import { useAction } from '../client/mutation.ts'
import { Field } from '../kit/form/Field.tsx'
import { PasswordInput } from '../kit/form/PasswordInput.tsx'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'
import { SetPassword } from './actions.ts'
import { passwordProblem } from './password.ts'
import type { User } from './user.ts'

/** A password for somebody else, who is then asked to change it. */
export function SetUserPassword({ user, onClose }: { user: User; onClose: () => void }) {
  const set = useAction(SetPassword)
  const [password, setPassword] = useState('')
  const [isLeft, setLeft] = useState(false)
  const problem = isLeft ? passwordProblem(password, user.name) : undefined
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setLeft(true)
    if (passwordProblem(password, user.name)) return
    const outcome = await set.run({ input: { userId: user.id, password } })
    if (!outcome.problem) onClose()
  }
  return (
    <Modal variant="small" isOpen onClose={onClose} aria-labelledby="password-title">
      <ModalHeader
        title={`Set the password of ${user.name}`}
        labelId="password-title"
        description="All sessions of this person end. At the next sign-in another password is asked for."
      />
      <ModalBody>
        <Form id="password-form" onSubmit={(event) => void submit(event)}>
          {set.problem && <ProblemAlert problem={set.problem} />}
          <Field id="user-password" label="New password" problem={problem}>
            <PasswordInput
              id="user-password"
              value={password}
              onChange={setPassword}
              onBlur={() => setLeft(password !== '')}
              isWrong={Boolean(problem)}
              isAutoFocused
            />
          </Field>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form="password-form"
          isLoading={set.isRunning}
          isDisabled={set.isRunning || !password}
        >
          Set password
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  )
}
