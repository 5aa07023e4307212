import { Label } from '@patternfly/react-core'
import BanIcon from '@patternfly/react-icons/dist/esm/icons/ban-icon'
import CalendarAltIcon from '@patternfly/react-icons/dist/esm/icons/calendar-alt-icon'
import CheckCircleIcon from '@patternfly/react-icons/dist/esm/icons/check-circle-icon'
import CircleIcon from '@patternfly/react-icons/dist/esm/icons/circle-icon'
import ExclamationCircleIcon from '@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon'
import ExclamationTriangleIcon from '@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon'
import HourglassHalfIcon from '@patternfly/react-icons/dist/esm/icons/hourglass-half-icon'
import InProgressIcon from '@patternfly/react-icons/dist/esm/icons/in-progress-icon'
import PauseCircleIcon from '@patternfly/react-icons/dist/esm/icons/pause-circle-icon'
import type { ComponentType } from 'react'
import type { Status, Tone } from './status.ts'

type Colour = 'blue' | 'purple' | 'teal' | 'orange' | 'green' | 'yellow' | 'red' | 'grey'

const looks: Record<Tone, { colour: Colour; Icon: ComponentType<{ className?: string }> }> = {
  running: { colour: 'blue', Icon: InProgressIcon },
  waiting: { colour: 'purple', Icon: HourglassHalfIcon },
  scheduled: { colour: 'teal', Icon: CalendarAltIcon },
  paused: { colour: 'orange', Icon: PauseCircleIcon },
  success: { colour: 'green', Icon: CheckCircleIcon },
  warning: { colour: 'yellow', Icon: ExclamationTriangleIcon },
  error: { colour: 'red', Icon: ExclamationCircleIcon },
  cancelled: { colour: 'grey', Icon: BanIcon },
  idle: { colour: 'grey', Icon: CircleIcon },
}

interface StatusProps {
  readonly status: Status
  /** In motion only where one thing is watched: a list of turning icons is noise. */
  readonly isMoving?: boolean
}

/** The state of anything: icon, word and colour, everywhere the same. */
export function StatusLabel({ status, isMoving, isCompact }: StatusProps & { isCompact?: boolean }) {
  const { colour, Icon } = looks[status.tone]
  const turns = isMoving && status.tone === 'running'
  return (
    <Label
      color={colour}
      isCompact={isCompact}
      variant={status.tone === 'idle' ? 'outline' : 'filled'}
      icon={<Icon className={turns ? 'st-turning' : undefined} />}
    >
      {status.word}
    </Label>
  )
}

/** The same as an icon alone, for dense rows; the word is for those who listen. */
export function StatusIcon({ status, isMoving }: StatusProps) {
  const { Icon } = looks[status.tone]
  const turns = isMoving && status.tone === 'running'
  return (
    <span className={`st-status-icon st-tone-${status.tone}`} title={status.word}>
      <Icon className={turns ? 'st-turning' : undefined} />
      <span className="pf-v6-screen-reader">{status.word}</span>
    </span>
  )
}
