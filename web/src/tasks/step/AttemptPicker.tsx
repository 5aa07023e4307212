import { FormSelect, FormSelectOption } from '@patternfly/react-core'
import { counted } from '@stint/schema/counted'
import { stepStatus } from '../../kit/status.ts'
import { clockText, durationText, elapsedMs } from '../../kit/time.ts'
import type { Attempt } from './useStepDetail.ts'

interface AttemptPickerProps {
  readonly attempts: readonly Attempt[]
  /** One more is under way. */
  readonly isTrying: boolean
  readonly picked: number | undefined
  readonly onPick: (no: number | undefined) => void
}

const textOf = (attempt: Attempt) =>
  `Attempt ${attempt.no}: ${stepStatus(attempt).word}, ${clockText(attempt.startedAt)}, ${durationText(
    elapsedMs(attempt.startedAt, attempt.endedAt, 0),
  )}`

/** Which try is looked at. */
export function AttemptPicker({ attempts, isTrying, picked, onPick }: AttemptPickerProps) {
  return (
    <FormSelect
      aria-label="Attempt"
      className="st-attempts"
      value={picked ?? ''}
      onChange={(_event, value) => onPick(value === '' ? undefined : Number(value))}
    >
      <FormSelectOption
        value=""
        label={isTrying ? 'The present attempt' : `Newest of ${counted(attempts.length, 'attempt')}`}
      />
      {attempts.map((attempt) => (
        <FormSelectOption key={attempt.no} value={attempt.no} label={textOf(attempt)} />
      ))}
    </FormSelect>
  )
}
