import {
  Button,
  Form,
  FormGroup,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  Radio,
  TextArea,
  TextInput,
} from '@patternfly/react-core'
import { useState } from 'react'
import { useAction } from '../../client/mutation.ts'
import { FieldHint } from '../../kit/form/FieldHint.tsx'
import { ProblemAlert } from '../../kit/ProblemAlert.tsx'
import { ReviewStep } from '../actions.ts'
import { parseOutput } from './parseOutput.ts'

type Decision = 'RUN_AGAIN' | 'MARK_DONE' | 'FAIL'

const decisions: readonly { decision: Decision; title: string; meaning: string }[] = [
  {
    decision: 'RUN_AGAIN',
    title: 'Run again',
    meaning:
      'Its effects may happen a second time. Right when nothing was done, or doing it twice does no harm.',
  },
  {
    decision: 'MARK_DONE',
    title: 'Mark as done',
    meaning: 'You have checked that its work is done. The task goes on with the output you give.',
  },
  {
    decision: 'FAIL',
    title: 'Fail',
    meaning: 'The step ends with an error, and the task does what its template says.',
  },
]

interface ReviewStepModalProps {
  readonly taskId: string
  readonly step: { readonly no: number; readonly name: string }
  readonly onClose: () => void
}

/** A step was interrupted and nobody knows whether its work was done: a person decides. */
export function ReviewStepModal({ taskId, step, onClose }: ReviewStepModalProps) {
  const [decision, setDecision] = useState<Decision>()
  const [text, setText] = useState('')
  const [reason, setReason] = useState('')
  const review = useAction(ReviewStep)
  const output = parseOutput(text)
  const isOutputWrong = decision === 'MARK_DONE' && output.error !== undefined
  const decide = async () => {
    if (!decision || isOutputWrong) return
    const input = {
      taskId,
      stepNo: step.no,
      decision,
      reason: reason.trim() || undefined,
      output: decision === 'MARK_DONE' ? output.value : undefined,
    }
    const { problem } = await review.run({ input, stepNo: step.no })
    if (!problem) onClose()
  }
  return (
    <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="review-title">
      <ModalHeader
        title={`Review step ${step.name}`}
        labelId="review-title"
        description="Its executor died while it ran, and it may not be run twice without asking. Check what it has done, then decide."
      />
      <ModalBody>
        <Form>
          {review.problem && <ProblemAlert problem={review.problem} />}
          <FormGroup role="radiogroup" label="How shall it go on?" fieldId="review-decision">
            <div className="st-stack">
              {decisions.map((one) => (
                <Radio
                  key={one.decision}
                  id={`review-${one.decision}`}
                  name="review-decision"
                  label={one.title}
                  description={one.meaning}
                  isChecked={decision === one.decision}
                  onChange={() => setDecision(one.decision)}
                />
              ))}
            </div>
          </FormGroup>
          {decision === 'MARK_DONE' && (
            <FormGroup label="Output, as JSON (optional)" fieldId="review-output">
              <TextArea
                id="review-output"
                value={text}
                onChange={(_event, value) => setText(value)}
                validated={isOutputWrong ? 'error' : 'default'}
                resizeOrientation="vertical"
                rows={5}
                className="st-code"
              />
              <FieldHint
                id="review-output"
                hint='For example {"volumeId": "vol-12"}'
                problem={output.error}
              />
            </FormGroup>
          )}
          <FormGroup label="Reason, for the record (optional)" fieldId="review-reason">
            <TextInput id="review-reason" value={reason} onChange={(_event, value) => setReason(value)} />
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          onClick={() => void decide()}
          isLoading={review.isRunning}
          isDisabled={!decision || isOutputWrong || review.isRunning}
        >
          {decisions.find((one) => one.decision === decision)?.title ?? 'Decide'}
        </Button>
        <Button variant="link" onClick={onClose}>
          Not now
        </Button>
      </ModalFooter>
    </Modal>
  )
}
