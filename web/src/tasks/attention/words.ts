import CommentsIcon from '@patternfly/react-icons/dist/esm/icons/comments-icon'
import PauseCircleIcon from '@patternfly/react-icons/dist/esm/icons/pause-circle-icon'
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/search-icon'
import UserCheckIcon from '@patternfly/react-icons/dist/esm/icons/user-check-icon'
import type { ComponentType } from 'react'
import type { AttentionKind } from '../../client/search.ts'
import type { Tone } from '../../kit/status.ts'

interface Kind {
  readonly title: string
  readonly tone: Tone
  readonly Icon: ComponentType
}

export const kinds: Record<AttentionKind, Kind> = {
  approval: { title: 'Approvals', tone: 'waiting', Icon: UserCheckIcon },
  input: { title: 'Questions', tone: 'waiting', Icon: CommentsIcon },
  review: { title: 'Reviews', tone: 'error', Icon: SearchIcon },
  paused: { title: 'Paused', tone: 'paused', Icon: PauseCircleIcon },
}
