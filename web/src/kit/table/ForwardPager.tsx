import { Button } from '@patternfly/react-core'
import AngleLeftIcon from '@patternfly/react-icons/dist/esm/icons/angle-left-icon'
import AngleRightIcon from '@patternfly/react-icons/dist/esm/icons/angle-right-icon'
import { useCallback, useMemo, useState } from 'react'

interface Pages {
  /** Cursor of the page that is looked at; absent on the first. */
  readonly after: string | undefined
  readonly no: number
  readonly next: (cursor: string | null) => void
  readonly previous: () => void
  readonly first: () => void
}

/** Pages of a list that the server reads only forwards: the way back is remembered here. */
export function usePages(): Pages {
  const [way, setWay] = useState<readonly string[]>([])
  const next = useCallback((cursor: string | null) => cursor && setWay((before) => [...before, cursor]), [])
  const previous = useCallback(() => setWay((before) => before.slice(0, -1)), [])
  const first = useCallback(() => setWay([]), [])
  return useMemo(
    () => ({ after: way.at(-1), no: way.length + 1, next, previous, first }),
    [way, next, previous, first],
  )
}

interface ForwardPagerProps {
  readonly pages: Pages
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly label: string
}

/** One page on, one page back. Absent when everything fits on one page. */
export function ForwardPager({ pages, pageInfo, label }: ForwardPagerProps) {
  if (pages.no === 1 && !pageInfo.hasNextPage) return null
  return (
    <nav className="st-pager" aria-label={label}>
      <span className="st-quiet st-small st-pager__no">Page {pages.no}</span>
      <Button variant="control" isDisabled={pages.no === 1} icon={<AngleLeftIcon />} onClick={pages.previous}>
        Previous
      </Button>
      <Button
        variant="control"
        isDisabled={!pageInfo.hasNextPage}
        icon={<AngleRightIcon />}
        iconPosition="end"
        onClick={() => pages.next(pageInfo.endCursor)}
      >
        Next
      </Button>
    </nav>
  )
}
