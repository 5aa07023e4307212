import {
  Button,
  Checkbox,
  Form,
  FormGroup,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
} from '@patternfly/react-core'
import { type Role, roles } from '@stint/schema/words'
import { type FormEvent, useState } from 'react'
import { useAction } from '../client/mutation.ts'
import type { PageProblem } from '../client/problems.ts'
import { enumOf, sentenceCase, wordOf } from '../client/words.ts'
import { Field } from '../kit/form/Field.tsx'
import { PasswordInput } from '../kit/form/PasswordInput.tsx'
import { TextField } from '../kit/form/TextField.tsx'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'
import { CreateUser, UpdateUser } from './actions.ts'
import { passwordProblem } from './password.ts'
import type { User } from './user.ts'

const meanings: Record<Role, string> = {
  admin: 'Everything.',
  operator: 'Sees, starts, commands and resolves every task.',
  resolver: 'Starts tasks and resolves those that name the person.',
  viewer: 'Sees everything, changes nothing.',
}

const partsOf = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

const fieldProblem = (problem: PageProblem | undefined, name: string) =>
  problem?.fields.find((field) => field.name === name)?.message ??
  (problem?.code === 'name-taken' && name === 'name' ? problem.message : undefined)

/** A new user, or the name, roles and groups of one who is there. */
export function UserForm({ user, onClose }: { user?: User; onClose: () => void }) {
  const create = useAction(CreateUser)
  const update = useAction(UpdateUser)
  const [name, setName] = useState('')
  const [fullName, setFullName] = useState(user?.fullName ?? '')
  const [groups, setGroups] = useState(user?.groups.join(', ') ?? '')
  const [chosen, setChosen] = useState<readonly Role[]>(
    user?.roles.map((role) => wordOf(role) as Role) ?? ['viewer'],
  )
  const [password, setPassword] = useState('')
  const problem = user ? update.problem : create.problem
  const isRunning = create.isRunning || update.isRunning
  const weak = password ? passwordProblem(password, name) : undefined
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const rest = {
      fullName: fullName.trim() || undefined,
      groups: partsOf(groups),
      roles: chosen.map((role) => enumOf<User['roles'][number]>(role)),
    }
    const outcome = user
      ? await update.run({ input: { userId: user.id, ...rest } })
      : await create.run({ input: { name: name.trim(), password: password || undefined, ...rest } })
    if (!outcome.problem) onClose()
  }
  const isReady = (user || name.trim()) && !weak && !isRunning
  return (
    <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="user-title">
      <ModalHeader title={user ? `Edit ${user.name}` : 'Create user'} labelId="user-title" />
      <ModalBody>
        <Form id="user-form" onSubmit={(event) => void submit(event)} noValidate>
          {problem && !fieldProblem(problem, 'name') && <ProblemAlert problem={problem} />}
          {!user && (
            <TextField
              id="user-name"
              label="Name"
              value={name}
              onChange={setName}
              hint="Typed at sign-in; it cannot be changed later."
              problem={fieldProblem(problem, 'name')}
            />
          )}
          <TextField id="user-full" label="Full name" value={fullName} onChange={setFullName} isOptional />
          <FormGroup role="group" label="Roles" fieldId="user-roles">
            <div className="st-stack">
              {roles.map((role) => (
                <Checkbox
                  key={role}
                  id={`role-${role}`}
                  label={sentenceCase(role)}
                  description={meanings[role]}
                  isChecked={chosen.includes(role)}
                  onChange={(_event, isOn) =>
                    setChosen(roles.filter((one) => (one === role ? isOn : chosen.includes(one))))
                  }
                />
              ))}
            </div>
          </FormGroup>
          <TextField
            id="user-groups"
            label="Groups"
            value={groups}
            onChange={setGroups}
            hint="Several, with commas between them. Templates may name groups as resolvers."
            isOptional
          />
          {!user && (
            <Field
              id="user-first"
              label="First password"
              isOptional
              hint="To be changed at the first sign-in. Empty for somebody who comes through a proxy."
              problem={weak}
            >
              <PasswordInput
                id="user-first"
                value={password}
                onChange={setPassword}
                isWrong={Boolean(weak)}
                describedBy="user-first-hint"
              />
            </Field>
          )}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="user-form" isLoading={isRunning} isDisabled={!isReady}>
          {user ? 'Save' : 'Create user'}
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  )
}
