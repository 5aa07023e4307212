import { Modal, ModalBody, ModalHeader } from '@patternfly/react-core'
import { graphql } from '../../client/gql.ts'
import { usePageQuery } from '../../client/query.ts'
import type { JsonSchema } from '../../kit/schema/fields.ts'
import { DialogState } from '../command/DialogState.tsx'
import { AnswerInput } from './AnswerInput.tsx'

const FormQuery = graphql(`
  query InputForm($id: ID!, $no: Int!) {
    task(id: $id) {
      id
      title
      step(no: $no) {
        taskId
        no
        name
        description
        form
      }
    }
  }
`)

// What the step asks, in its own words.
const titleOf = (form: unknown): string | undefined => (form as JsonSchema | null | undefined)?.title

interface AnswerDialogProps {
  readonly taskId: string
  readonly stepNo: number
  readonly onClose: () => void
}

/** The question of a step, answered without leaving the page. */
export function AnswerDialog({ taskId, stepNo, onClose }: AnswerDialogProps) {
  const { data, problem, refetch } = usePageQuery(FormQuery, { id: taskId, no: stepNo })
  return (
    <DialogState
      title="Answer"
      data={data?.task ?? undefined}
      problem={problem}
      onRetry={refetch}
      onClose={onClose}
    >
      {({ title, step }) => (
        <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="answer-title">
          <ModalHeader
            title={titleOf(step?.form) ?? (step?.description || `Step ${step?.name} asks`)}
            labelId="answer-title"
            description={title}
          />
          <ModalBody className="st-modal-last">
            {step?.form ? (
              <AnswerInput
                taskId={taskId}
                stepNo={stepNo}
                schema={step.form as JsonSchema}
                onAnswered={onClose}
              />
            ) : (
              <p>Somebody has answered it already.</p>
            )}
          </ModalBody>
        </Modal>
      )}
    </DialogState>
  )
}
