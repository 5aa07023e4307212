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
import { ReviewAllSteps, ReviewStep } from '../actions.ts'
import { type Decision, decisionsAbout } from './decisions.ts'
import { parseOutput } from './parseOutput.ts'

const whyOne =
  'Its executor died while it ran, and it may not be run twice without asking. Check what it has done, then decide.'
const whyAll =
  'Their executor died while they ran, and they may not be run twice without asking. One answer is given for every one that waits for it then; decide about single ones first where they differ.'

interface ReviewModalProps {
  readonly taskId: string
  /** Absent: all of the task that wait for an answer. */
  readonly step?: { readonly no: number; readonly name: string }
  /** How many those are, as far as is known. */
  readonly count?: number
  readonly onClose: () => void
}

/** Steps were interrupted and nobody knows whether their work was done: a person decides. */
export function ReviewModal({ taskId, step, count = 1, onClose }: ReviewModalProps) {
  const [decision, setDecision] = useState<Decision>()
  const [text, setText] = useState('')
  const [reason, setReason] = useState('')
  const review = useReview(taskId, step?.no)
  const decisions = decisionsAbout(step ? 1 : count)
  const output = parseOutput(text)
  const isOutputWrong = decision === 'MARK_DONE' && output.error !== undefined
  const decide = async () => {
    if (!decision || isOutputWrong) return
    const { problem } = await review.run({
      decision,
      reason: reason.trim() || undefined,
      output: decision === 'MARK_DONE' ? output.value : undefined,
    })
    if (!problem) onClose()
  }
  return (
    <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="review-title">
      <ModalHeader
        title={step ? `Review step ${step.name}` : `Review all ${count} steps`}
        labelId="review-title"
        description={step ? whyOne : whyAll}
      />
      <ModalBody>
        <Form>
          {review.problem && <ProblemAlert problem={review.problem} />}
          <FormGroup
            role="radiogroup"
            label={step ? 'How shall it go on?' : 'How shall they go on?'}
            fieldId="review-decision"
          >
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

interface Answer {
  readonly decision: Decision
  readonly reason?: string
  readonly output?: unknown
}

function useReview(taskId: string, stepNo: number | undefined) {
  const one = useAction(ReviewStep)
  const all = useAction(ReviewAllSteps)
  if (stepNo === undefined)
    return { ...all, run: (answer: Answer) => all.run({ input: { taskId, ...answer } }) }
  return { ...one, run: (answer: Answer) => one.run({ input: { taskId, stepNo, ...answer }, stepNo }) }
}
