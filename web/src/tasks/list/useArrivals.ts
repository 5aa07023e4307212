import { useCallback, useEffect, useState } from 'react'
import type { LiveTask } from '../words.ts'

const settleMs = 400
const litMs = 2000

interface ArrivalsOptions {
  readonly news: {
    readonly fresh: ReadonlySet<string>
    readonly gone: ReadonlySet<string>
    readonly deleted: ReadonlySet<string>
    readonly forget: () => void
  }
  /** The newest tasks are shown, so new ones belong above them. */
  readonly isTop: boolean
  /** Somebody is working with the rows. */
  readonly isBusy: boolean
  readonly rows: readonly LiveTask[]
  readonly refetch: () => void
}

/** Nobody reads, points at or has opened anything in the list: then new rows may come in by themselves. */
function isUntouched(): boolean {
  const table = document.querySelector('.st-table')
  const isScrolled = (document.getElementById('main')?.scrollTop ?? 0) > 8
  return (
    !isScrolled && !table?.matches(':hover, :focus-within') && !table?.querySelector('[aria-expanded="true"]')
  )
}

/**
 * Lets new rows in and those of deleted tasks out: at once when the list is untouched, else on a click on their number. New ones
 * are lit up for a moment.
 */
export function useArrivals({ news, isTop, isBusy, rows, refetch }: ArrivalsOptions) {
  const [lit, setLit] = useState<ReadonlySet<string>>(new Set())
  const { fresh, gone, deleted, forget } = news
  const insert = useCallback(() => {
    setLit(fresh)
    forget()
    refetch()
  }, [fresh, forget, refetch])
  const waiting = isTop ? fresh.size : 0
  const leaving = rows.filter(({ id }) => deleted.has(id)).length
  useEffect(() => {
    if (waiting + leaving === 0 || isBusy) return
    const timer = setTimeout(() => {
      if (isUntouched()) insert()
    }, settleMs)
    return () => clearTimeout(timer)
  }, [waiting, leaving, isBusy, insert])
  useEffect(() => {
    if (lit.size === 0) return
    const timer = setTimeout(() => setLit(new Set()), litMs)
    return () => clearTimeout(timer)
  }, [lit])
  // The first rows are never "new": only what came while the list was looked at.
  const hasRows = rows.length > 0
  const markOf = useCallback(
    (task: LiveTask) => {
      if (deleted.has(task.id)) return 'deleted' as const
      if (gone.has(task.id)) return 'gone' as const
      return hasRows && lit.has(task.id) ? ('new' as const) : undefined
    },
    [deleted, gone, lit, hasRows],
  )
  const parts = [waiting > 0 && `${waiting} new`, leaving > 0 && `${leaving} deleted`]
  return { news: parts.filter((part) => part !== false).join(', '), insert, markOf }
}
