import { Button, Form, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core'
import type { ResultOf } from 'gql.tada'
import { type FormEvent, useState } from 'react'
import { graphql } from '../client/gql.ts'
import { useAction } from '../client/mutation.ts'
import { SelectField } from '../kit/form/SelectField.tsx'
import { SwitchField } from '../kit/form/SwitchField.tsx'
import { TextField } from '../kit/form/TextField.tsx'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'
import { SchemaFields } from '../kit/schema/SchemaFields.tsx'
import { useSchemaForm } from '../kit/schema/useSchemaForm.ts'
import { channelSchemas } from './schemas.ts'
import { type ChannelKind, kindTitles, strategyText } from './words.ts'

export const ChannelRow = graphql(`
  fragment ChannelRow_channel on Channel {
    name
    kind
    enabled
    strategy
    target
    configuration
    updatedAt
    updatedBy
  }
`)

export const SaveChannel = graphql(
  `
    mutation SaveChannel($input: ChannelInput!) {
      saveChannel(input: $input) {
        name
        ...ChannelRow_channel
      }
    }
  `,
  [ChannelRow],
)

export type Channel = ResultOf<typeof ChannelRow>

const strategies = ['always', 'failure_only', 'failure_or_done', 'silent']
const strategyOptions = strategies.map((value) => ({ value, label: `Tell ${strategyText(value)}` }))
const kindOptions = Object.entries(kindTitles).map(([value, label]) => ({ value, label }))

interface ChannelFormProps {
  /** Absent: a new one. */
  readonly channel?: Channel
  readonly onSaved: () => void
  readonly onClose: () => void
}

/** A channel, new or changed. Its secrets are never shown again; dots that stay keep them. */
export function ChannelForm({ channel, onSaved, onClose }: ChannelFormProps) {
  const [kind, setKind] = useState<ChannelKind>(channel?.kind ?? 'WEBHOOK')
  return (
    <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="channel-title">
      <ModalHeader
        title={channel ? `Change channel ${channel.name}` : 'Add a channel'}
        labelId="channel-title"
      />
      {/* Another kind is another form. */}
      <Fields key={kind} kind={kind} channel={channel} onKind={setKind} onSaved={onSaved} onClose={onClose} />
    </Modal>
  )
}

interface FieldsProps extends ChannelFormProps {
  readonly kind: ChannelKind
  readonly onKind: (kind: ChannelKind) => void
}

function Fields({ kind, channel, onKind, onSaved, onClose }: FieldsProps) {
  const [name, setName] = useState(channel?.name ?? '')
  const [isEnabled, setEnabled] = useState(channel?.enabled ?? true)
  const [strategy, setStrategy] = useState(channel?.strategy ?? 'failure_only')
  const given = channel?.kind === kind ? channel.configuration : undefined
  const form = useSchemaForm(`channel.${channel?.name ?? 'new'}.${kind}`, channelSchemas[kind], given)
  const save = useAction(SaveChannel)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    form.send()
    if (form.problems.size > 0 || name.trim() === '') return
    const input = { name: name.trim(), kind, enabled: isEnabled, strategy, configuration: form.answer() }
    const { problem } = await save.run({ input })
    if (problem) return form.refuse(problem.fields)
    form.forget()
    onSaved()
  }
  return (
    <>
      <ModalBody>
        <Form id="channel-form" onSubmit={(event) => void submit(event)} noValidate>
          {save.problem && <ProblemAlert problem={save.problem} />}
          {!channel && (
            <>
              <TextField
                id="channel-name"
                label="Name"
                value={name}
                onChange={setName}
                hint="Small letters, digits, points and hyphens."
              />
              <SelectField
                id="channel-kind"
                label="Kind"
                value={kind}
                options={kindOptions}
                onChange={(next) => onKind(next as ChannelKind)}
              />
            </>
          )}
          <SelectField
            id="channel-strategy"
            label="Tells"
            value={strategy}
            options={strategyOptions}
            onChange={setStrategy}
          />
          <SchemaFields form={form} name="channel" />
          <SwitchField id="channel-enabled" label="Switched on" isOn={isEnabled} onChange={setEnabled} />
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form="channel-form"
          isLoading={save.isRunning}
          isDisabled={save.isRunning || name.trim() === ''}
        >
          Save
        </Button>
        <Button variant="link" onClick={onClose}>
          {channel ? 'Keep as it is' : 'Cancel'}
        </Button>
      </ModalFooter>
    </>
  )
}
