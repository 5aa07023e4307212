import { fitted, safeText, widthOf } from './text.ts'

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string
  /** Applied after fitting, so that colours do not count. */
  readonly paint?: (text: string, row: Row) => string
  readonly align?: 'right'
  /** How narrow it may become; absent: as wide as its longest value. */
  readonly minWidth?: number
}

const gap = 2

/** Takes from the widest column that may give, until all fit; what cannot give overflows rather than vanish. */
function shrink(widths: number[], minimums: readonly number[], terminalWidth: number): void {
  const total = () => widths.reduce((sum, width) => sum + width, 0) + gap * (widths.length - 1)
  for (let excess = total() - terminalWidth; excess > 0; excess--) {
    const slack = widths.map((width, index) => (width > (minimums[index] ?? width) ? width : -1))
    const widest = slack.indexOf(Math.max(...slack))
    if (slack[widest] === -1) return
    widths[widest] = (widths[widest] as number) - 1
  }
}

/** Lines of a table without borders; `terminalWidth` undefined (not a terminal): nothing is cut. */
export function tableLines<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  terminalWidth: number | undefined,
  paintTitle: (text: string) => string = (text) => text,
): string[] {
  const cells = rows.map((row) => columns.map(({ value }) => safeText(value(row))))
  const widths = columns.map(({ title }, index) =>
    cells.reduce((max, row) => Math.max(max, widthOf(row[index] ?? '')), widthOf(title)),
  )
  const minimums = columns.map(({ minWidth }, index) => minWidth ?? (widths[index] as number))
  if (terminalWidth !== undefined) shrink(widths, minimums, terminalWidth)
  const place = (text: string, index: number, paint: (text: string) => string) => {
    const width = widths[index] as number
    const cut = fitted(text, width)
    const fill = ' '.repeat(Math.max(0, width - widthOf(cut)))
    if (columns[index]?.align === 'right') return fill + paint(cut)
    return index === columns.length - 1 ? paint(cut) : paint(cut) + fill
  }
  const line = (parts: string[]) => parts.join(' '.repeat(gap)).trimEnd()
  const head = line(columns.map(({ title }, index) => place(title, index, paintTitle)))
  const body = cells.map((row, at) =>
    line(
      row.map((text, index) =>
        place(text, index, (cut) => columns[index]?.paint?.(cut, rows[at] as Row) ?? cut),
      ),
    ),
  )
  return [head, ...body]
}

/** Facts as aligned lines; absent values are left out. */
export function factLines(
  facts: readonly (readonly [string, string | undefined])[],
  paintName: (text: string) => string = (text) => text,
): string[] {
  const given = facts.filter(
    (fact): fact is readonly [string, string] => fact[1] !== undefined && fact[1] !== '',
  )
  const width = Math.max(0, ...given.map(([name]) => widthOf(name)))
  return given.map(([name, value]) => {
    const fill = ' '.repeat(width - widthOf(name) + gap)
    return `${paintName(name)}${fill}${safeText(value, true).replaceAll('\n', `\n${' '.repeat(width + gap)}`)}`
  })
}
