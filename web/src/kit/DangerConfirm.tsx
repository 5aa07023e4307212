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
import { type FormEvent, type ReactNode, useState } from 'react'
import type { PageProblem } from '../client/problems.ts'
import { FieldHint } from './form/FieldHint.tsx'
import { ProblemAlert } from './ProblemAlert.tsx'

interface DangerConfirmProps {
  readonly title: string
  /** What will happen, in words, with the real objects. */
  readonly children: ReactNode
  /** The verb on the button. */
  readonly verb: string
  /** To be typed: nobody does this by a slip of the hand. */
  readonly word: string
  readonly isRunning: boolean
  /** What it does is not known yet: nobody may confirm what they could not read. */
  readonly isReady: boolean
  readonly problem?: PageProblem
  readonly onConfirm: (reason: string) => void
  readonly onClose: () => void
}

/** The question before a command that may do harm: its consequences, a reason for the record, and a word to be typed. */
export function DangerConfirm(props: DangerConfirmProps) {
  const { title, children, verb, word, isRunning, isReady, problem, onConfirm, onClose } = props
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [isSent, setSent] = useState(false)
  const reasonProblem = isSent && reason.trim() === '' ? 'It stands on the audit record.' : undefined
  const typedProblem = isSent && typed.trim() !== word ? `Type “${word}”.` : undefined
  const confirm = (event: FormEvent) => {
    event.preventDefault()
    setSent(true)
    if (isReady && reason.trim() !== '' && typed.trim() === word) onConfirm(reason.trim())
  }
  return (
    <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="danger-title">
      <ModalHeader title={title} labelId="danger-title" titleIconVariant="danger" />
      <ModalBody>
        <div className="st-stack">
          {problem && <ProblemAlert problem={problem} />}
          {children}
          <Form id="danger-form" onSubmit={confirm} noValidate>
            <FormGroup label="Reason, for the record" fieldId="danger-reason">
              <TextInput
                id="danger-reason"
                value={reason}
                onChange={(_event, next) => setReason(next)}
                maxLength={500}
                validated={reasonProblem ? 'error' : 'default'}
                aria-describedby={reasonProblem && 'danger-reason-hint'}
              />
              <FieldHint id="danger-reason" problem={reasonProblem} />
            </FormGroup>
            <FormGroup label={`Type “${word}” to confirm`} fieldId="danger-word">
              <TextInput
                id="danger-word"
                value={typed}
                onChange={(_event, next) => setTyped(next)}
                autoComplete="off"
                spellCheck={false}
                validated={typedProblem ? 'error' : 'default'}
                aria-describedby={typedProblem && 'danger-word-hint'}
              />
              <FieldHint id="danger-word" problem={typedProblem} />
            </FormGroup>
          </Form>
        </div>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form="danger-form"
          variant="danger"
          isLoading={isRunning}
          isDisabled={isRunning || !isReady}
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
