import {
  Alert,
  Button,
  Checkbox,
  ClipboardCopy,
  Form,
  FormGroup,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
} from '@patternfly/react-core'
import { type Permission, permissions } from '@stint/schema/words'
import { type FormEvent, useState } from 'react'
import { graphql } from '../client/gql.ts'
import { useAction } from '../client/mutation.ts'
import { useMe } from '../client/session.ts'
import { permissionEnum } from '../client/words.ts'
import { SelectField } from '../kit/form/SelectField.tsx'
import { TextField } from '../kit/form/TextField.tsx'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'

const CreateToken = graphql(`
  mutation CreateToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) {
      secret
      token {
        id
        name
        permissions
        createdAt
        expiresAt
        lastUsedAt
        revokedAt
      }
    }
  }
`)

type PermissionEnum = ReturnType<typeof graphql.scalar<'Permission'>>

const lifetimes = [
  { value: '1', label: 'A day' },
  { value: '7', label: 'A week' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
]

/** Asks what a token is for, then shows its secret: once, here. */
export function NewToken({ onClose }: { onClose: () => void }) {
  const create = useAction(CreateToken)
  const [secret, setSecret] = useState<string>()
  return (
    <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="token-title">
      <ModalHeader title={secret ? 'Your new token' : 'Create token'} labelId="token-title" />
      {secret ? (
        <Secret secret={secret} onClose={onClose} />
      ) : (
        <Ask create={create} onMade={setSecret} onClose={onClose} />
      )}
    </Modal>
  )
}

interface AskProps {
  readonly create: ReturnType<typeof useAction<{ createApiToken: { secret: string } }, { input: TokenInput }>>
  readonly onMade: (secret: string) => void
  readonly onClose: () => void
}

type TokenInput = ReturnType<typeof graphql.scalar<'CreateApiTokenInput'>>

function Ask({ create, onMade, onClose }: AskProps) {
  const me = useMe()
  const [name, setName] = useState('')
  const [days, setDays] = useState('30')
  const [chosen, setChosen] = useState<readonly Permission[]>([])
  const mine = permissions.filter((permission) => me.permissions.includes(permission))
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const input: TokenInput = {
      name: name.trim(),
      expiresInDays: Number(days),
      permissions: chosen.map((permission) => permissionEnum<PermissionEnum>(permission)),
    }
    const { data } = await create.run({ input })
    if (data) onMade(data.createApiToken.secret)
  }
  const flip = (permission: Permission, isOn: boolean) =>
    setChosen(mine.filter((one) => (one === permission ? isOn : chosen.includes(one))))
  return (
    <>
      <ModalBody>
        <Form id="token-form" onSubmit={(event) => void submit(event)}>
          {create.problem && <ProblemAlert problem={create.problem} />}
          <TextField
            id="token-name"
            label="Name"
            value={name}
            onChange={setName}
            hint="What uses it: laptop, nightly backup…"
          />
          <SelectField
            id="token-days"
            label="Ends after"
            value={days}
            options={lifetimes}
            onChange={setDays}
          />
          <FormGroup role="group" label="May" fieldId="token-permissions">
            <div className="st-checks">
              {mine.map((permission) => (
                <Checkbox
                  key={permission}
                  id={`token-${permission}`}
                  label={<code className="st-code">{permission}</code>}
                  isChecked={chosen.includes(permission)}
                  onChange={(_event, isOn) => flip(permission, isOn)}
                />
              ))}
            </div>
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form="token-form"
          isLoading={create.isRunning}
          isDisabled={create.isRunning || !name.trim() || chosen.length === 0}
        >
          Create token
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </>
  )
}

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <>
      <ModalBody>
        <div className="st-stack">
          <Alert
            variant="warning"
            isInline
            isPlain
            component="p"
            title="Copy it now: it is shown only this once."
          />
          <ClipboardCopy
            isReadOnly
            hoverTip="Copy"
            clickTip="Copied"
            textAriaLabel="The secret of the new token"
          >
            {secret}
          </ClipboardCopy>
          <p className="st-quiet">
            Sign in on the command line with <code className="st-code">stint login</code>, or send it as{' '}
            <code className="st-code">Authorization: Bearer …</code>
          </p>
        </div>
      </ModalBody>
      <ModalFooter>
        <Button onClick={onClose}>Done</Button>
      </ModalFooter>
    </>
  )
}
