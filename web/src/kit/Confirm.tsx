import {
  Button,
  Form,
  FormGroup,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextInput,
} from '@patternfly/react-core'
import { type ReactNode, useState } from 'react'
import type { PageProblem } from '../client/problems.ts'
import { ProblemAlert } from './ProblemAlert.tsx'

interface ConfirmProps {
  readonly title: string
  /** What will happen, in words, with the real objects. */
  readonly children: ReactNode
  /** The verb on the button. */
  readonly verb: string
  readonly isDangerous?: boolean
  readonly asksReason?: boolean
  readonly isRunning?: boolean
  readonly problem?: PageProblem
  readonly onConfirm: (reason: string | undefined) => void
  readonly onClose: () => void
}

/** Asks before a command, naming its consequences. */
export function Confirm(props: ConfirmProps) {
  const { title, children, verb, isDangerous, asksReason, isRunning, problem, onConfirm, onClose } = props
  const [reason, setReason] = useState('')
  const confirm = () => onConfirm(reason.trim() || undefined)
  return (
    <Modal
      variant="small"
      isOpen
      onClose={onClose}
      aria-labelledby="confirm-title"
      aria-describedby="confirm-body"
    >
      <ModalHeader
        title={title}
        labelId="confirm-title"
        titleIconVariant={isDangerous ? 'warning' : undefined}
      />
      <ModalBody id="confirm-body">
        <div className="st-stack">
          {problem && <ProblemAlert problem={problem} />}
          <div>{children}</div>
          {asksReason && (
            <Form
              onSubmit={(event) => {
                event.preventDefault()
                confirm()
              }}
            >
              <FormGroup label="Reason, for the record (optional)" fieldId="confirm-reason">
                <TextInput
                  id="confirm-reason"
                  value={reason}
                  onChange={(_event, next) => setReason(next)}
                  maxLength={500}
                />
              </FormGroup>
            </Form>
          )}
        </div>
      </ModalBody>
      <ModalFooter>
        <Button
          variant={isDangerous ? 'danger' : 'primary'}
          onClick={confirm}
          isLoading={isRunning}
          isDisabled={isRunning}
        >
          {verb}
        </Button>
        <Button variant="link" onClick={onClose}>
          Keep as it is
        </Button>
      </ModalFooter>
    </Modal>
  )
}
