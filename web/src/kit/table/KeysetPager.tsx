import { Button } from '@patternfly/react-core'
import AngleLeftIcon from '@patternfly/react-icons/dist/esm/icons/angle-left-icon'
import AngleRightIcon from '@patternfly/react-icons/dist/esm/icons/angle-right-icon'

/** A place in a list: before or behind a row, not a page number, so that new rows never shift what is read. */
export interface Place {
  readonly after?: string
  readonly before?: string
}

interface KeysetPagerProps {
  readonly place: Place
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
  readonly onMove: (place: Place) => void
}

/** Newer and older. Absent when everything fits on one page. */
export function KeysetPager({ place, pageInfo, onMove }: KeysetPagerProps) {
  const isFirst = !place.after && !place.before
  const hasNewer = !isFirst && (place.before ? pageInfo.hasPreviousPage : true)
  const hasOlder = place.before ? true : pageInfo.hasNextPage
  if (isFirst && !hasOlder) return null
  return (
    <nav className="st-pager" aria-label="Pages">
      <Button variant="link" isDisabled={isFirst} onClick={() => onMove({})}>
        Newest
      </Button>
      <Button
        variant="control"
        isDisabled={!hasNewer}
        icon={<AngleLeftIcon />}
        onClick={() => onMove({ before: pageInfo.startCursor ?? undefined })}
      >
        Newer
      </Button>
      <Button
        variant="control"
        isDisabled={!hasOlder}
        icon={<AngleRightIcon />}
        iconPosition="end"
        onClick={() => onMove({ after: pageInfo.endCursor ?? undefined })}
      >
        Older
      </Button>
    </nav>
  )
}
