import { Button } from '@patternfly/react-core'
import AngleLeftIcon from '@patternfly/react-icons/dist/esm/icons/angle-left-icon'
import AngleRightIcon from '@patternfly/react-icons/dist/esm/icons/angle-right-icon'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'

interface Pages {
  /** Cursor of the page that is looked at; absent on the first. */
  readonly after: string | undefined
  readonly no: number
  readonly next: (cursor: string | null) => void
  readonly previous: () => void
  readonly first: () => void
}

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** Of each list that is not on its first page: the cursors that led to where it is. */
    ways?: Readonly<Record<string, readonly string[]>>
  }
}

const noWay: readonly string[] = []

/**
 * Pages of a list that the server reads only forwards. The way to the page is kept with the entry of the browser's history:
 * its Back button leads a page back, and from a row that was opened to the very page that it stood on. Another filter
 * begins anew. `part` names a list that is only a part of its page, which then stays where it is scrolled to.
 */
export function usePages(part?: string): Pages {
  const list = part ?? 'page'
  const way = useLocation({ select: ({ state }) => state.ways?.[list] ?? noWay })
  const navigate = useNavigate()
  const go = useCallback(
    (next: readonly string[], replace = false) =>
      void navigate({
        to: '.',
        search: true,
        state: (before) => ({ ...before, ways: { ...before.ways, [list]: next } }),
        replace,
        resetScroll: part === undefined,
      }),
    [navigate, list, part],
  )
  return useMemo(
    () => ({
      after: way.at(-1),
      no: way.length + 1,
      next: (cursor) => cursor && go([...way, cursor]),
      previous: () => go(way.slice(0, -1)),
      first: () => way.length > 0 && go(noWay, true),
    }),
    [way, go],
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
