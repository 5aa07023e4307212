import { Modal, ModalBody, ModalHeader } from '@patternfly/react-core'
import type { ReactNode } from 'react'
import type { PageProblem } from '../../client/problems.ts'
import { ProblemState, RowsSkeleton } from '../../kit/QueryState.tsx'

interface DialogStateProps<Data> {
  readonly title: string
  readonly data: Data | undefined
  readonly problem: PageProblem | undefined
  readonly onRetry: () => void
  readonly onClose: () => void
  readonly children: (data: Data) => ReactNode
}

/** A dialog that needs something from the server first: it opens at once, and says when that cannot be had. */
export function DialogState<Data>(props: DialogStateProps<Data>) {
  const { title, data, problem, onRetry, onClose, children } = props
  if (data !== undefined) return children(data)
  return (
    <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="dialog-state-title">
      <ModalHeader title={title} labelId="dialog-state-title" />
      <ModalBody>
        {problem ? <ProblemState problem={problem} onRetry={onRetry} /> : <RowsSkeleton rows={4} />}
      </ModalBody>
    </Modal>
  )
}
