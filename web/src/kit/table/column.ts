import type { ReactNode } from 'react'
import type { MenuAction } from '../Kebab.tsx'

/** One column of a list, as data. */
export interface Column<Row> {
  readonly key: string
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  /** What the cell shows, as one value: when it changes the cell is lit for a moment. */
  readonly watches?: (row: Row) => unknown
  readonly width?: 10 | 15 | 20 | 25 | 30 | 35 | 40 | 45 | 50
  readonly isNarrow?: boolean
  /** Buttons need no title above them; those who listen get it all the same. */
  readonly isTitleHidden?: boolean
  readonly isRight?: boolean
  /** On a phone the cell stands without its title: what it shows says itself what it is. */
  readonly isSelfEvident?: boolean
  /** Left out on a phone, where a row becomes a card with the facts that matter. */
  readonly isWideOnly?: boolean
}

export interface Selection {
  readonly keys: ReadonlySet<string>
  readonly toggle: (key: string, isSelected: boolean) => void
  readonly toggleAll: (keys: readonly string[], isSelected: boolean) => void
}

export interface TableProps<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** The row in words, for its checkbox and menu. */
  readonly nameOf: (row: Row) => string
  readonly selection?: Selection
  readonly actionsOf?: (row: Row) => readonly MenuAction[]
  /** So few narrow columns that even a phone shows them as a table. */
  readonly isNarrow?: boolean
  /** Rows of an earlier question, shown while the new ones come. */
  readonly isOld?: boolean
  readonly markOf?: (row: Row) => 'new' | 'gone' | 'deleted' | 'bad' | undefined
}
