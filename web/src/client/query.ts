import { useCallback, useEffect, useRef, useState } from 'react'
import { type AnyVariables, type DocumentInput, type UseQueryArgs, useQuery } from 'urql'
import { useGeneration } from './connection.ts'
import { type PageProblem, problemOf } from './problems.ts'

interface PageData<Data> {
  readonly data: Data | undefined
  readonly isFetching: boolean
  /** `data` belongs to earlier variables; only with `keepOld`. */
  readonly isOld: boolean
  readonly problem: PageProblem | undefined
  readonly refetch: () => void
}

interface PageQueryOptions {
  readonly pause?: boolean
  /** A list shows its old rows, dimmed, while other variables are fetched; a page about one thing must not. */
  readonly keepOld?: boolean
}

function useRefetchAfterGap(refetch: () => void) {
  const generation = useGeneration()
  const loaded = useRef(generation)
  useEffect(() => {
    // The first connection of a tab is no gap: the query that runs beside it is fresh.
    if (generation > Math.max(1, loaded.current)) refetch()
    loaded.current = generation
  }, [generation, refetch])
}

/**
 * The one query of a page. Fetches again by itself when the connection had a gap; what was loaded stays readable while
 * the server cannot be reached.
 */
export function usePageQuery<Data, Variables extends AnyVariables>(
  query: DocumentInput<Data, Variables>,
  variables: Variables,
  options: PageQueryOptions = {},
): PageData<Data> {
  const [result, execute] = useQuery({ query, variables, pause: options.pause } as UseQueryArgs<
    Variables,
    Data
  >)
  const [kept, setKept] = useState<{ key: string; data: Data }>()
  const key = JSON.stringify(variables)
  if (result.data && !result.fetching && kept?.data !== result.data) {
    setKept({ key: JSON.stringify(result.operation?.variables ?? variables), data: result.data })
  }
  const refetch = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute])
  useRefetchAfterGap(refetch)
  const isOld = kept !== undefined && kept.key !== key
  return {
    data: isOld && !options.keepOld ? undefined : kept?.data,
    isFetching: result.fetching || result.stale,
    isOld,
    problem: problemOf(result.error),
    refetch,
  }
}
