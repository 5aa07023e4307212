import './table.css'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import { memo } from 'react'
import { Changing } from '../Changing.tsx'
import { Kebab } from '../Kebab.tsx'
import type { Column, TableProps } from './column.ts'

function cellClass<Row>(column: Column<Row>): string | undefined {
  const classes = [
    column.isWideOnly && 'st-wide-only',
    column.isRight && 'st-right',
    column.isSelfEvident && 'st-bare',
  ]
  return classes.filter(Boolean).join(' ') || undefined
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const content = column.cell(row)
  return column.watches ? <Changing value={column.watches(row)}>{content}</Changing> : content
}

type RowProps<Row> = Omit<TableProps<Row>, 'rows' | 'label' | 'isOld' | 'isNarrow'> & { row: Row; at: number }

function Row<Row>({ row, at, columns, keyOf, nameOf, selection, actionsOf, markOf }: RowProps<Row>) {
  const key = keyOf(row)
  const mark = markOf?.(row)
  const isDeleted = mark === 'deleted'
  return (
    <Tr className={mark && `st-row--${mark}`}>
      {selection && (
        <Td
          select={{
            rowIndex: at,
            isSelected: selection.keys.has(key),
            isDisabled: isDeleted,
            onSelect: (_event, isSelected) => selection.toggle(key, isSelected),
          }}
        />
      )}
      {columns.map((column) => (
        <Td key={column.key} dataLabel={column.title} className={cellClass(column)}>
          <Cell column={column} row={row} />
        </Td>
      ))}
      {actionsOf && (
        <Td isActionCell>
          <Kebab label={`Actions for ${nameOf(row)}`} actions={actionsOf(row)} isDisabled={isDeleted} />
        </Td>
      )}
    </Tr>
  )
}

const MemoRow = memo(Row) as typeof Row

/** A list of things of one kind. Rows become cards on a phone; nothing moves while it is read. */
export function DataTable<Row>(props: TableProps<Row>) {
  const { label, rows, isOld, isNarrow, ...rest } = props
  const { columns, keyOf, selection, actionsOf } = props
  const keys = rows.map(keyOf)
  const isAll = keys.length > 0 && keys.every((key) => selection?.keys.has(key))
  return (
    <Table
      aria-label={label}
      variant="compact"
      gridBreakPoint={isNarrow ? '' : 'grid-md'}
      className={isOld ? 'st-table st-old' : 'st-table'}
      aria-busy={isOld}
    >
      <Thead>
        <Tr>
          {selection && (
            <Th
              aria-label="Select all rows of this page"
              select={{
                isSelected: isAll,
                isDisabled: keys.length === 0,
                onSelect: (_event, isSelected) => selection.toggleAll(keys, isSelected),
              }}
            />
          )}
          {columns.map((column) => (
            <Th
              key={column.key}
              width={column.width}
              modifier={column.isNarrow ? 'fitContent' : 'nowrap'}
              className={cellClass(column)}
            >
              {column.isTitleHidden ? (
                <span className="pf-v6-screen-reader">{column.title}</span>
              ) : (
                column.title
              )}
            </Th>
          ))}
          {actionsOf && <Th screenReaderText="Actions" />}
        </Tr>
      </Thead>
      <Tbody>
        {rows.map((row, at) => (
          <MemoRow key={keyOf(row)} {...rest} row={row} at={at} />
        ))}
      </Tbody>
    </Table>
  )
}
