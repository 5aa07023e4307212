import { Button, Form, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core'
import type { FormEvent, ReactNode } from 'react'
import type { PageProblem } from '../../client/problems.ts'
import { ProblemAlert } from '../../kit/ProblemAlert.tsx'

interface FormDialogProps {
  readonly title: string
  readonly description?: string
  readonly verb: string
  readonly isRunning: boolean
  readonly isDisabled?: boolean
  /** What the last try met; what belongs to a field stands there. */
  readonly problem?: PageProblem
  readonly onSubmit: () => void
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A form over the page about one task. */
export function FormDialog(props: FormDialogProps) {
  const { title, description, verb, isRunning, isDisabled, problem, onSubmit, onClose, children } = props
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="form-dialog-title">
      <ModalHeader title={title} labelId="form-dialog-title" description={description} />
      <ModalBody>
        <Form id="form-dialog" onSubmit={submit} noValidate>
          {problem && <ProblemAlert problem={problem} />}
          {children}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="form-dialog" isLoading={isRunning} isDisabled={isRunning || isDisabled}>
          {verb}
        </Button>
        <Button variant="link" onClick={onClose}>
          Keep as it is
        </Button>
      </ModalFooter>
    </Modal>
  )
}
