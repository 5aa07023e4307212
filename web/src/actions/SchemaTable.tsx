import { Label } from '@patternfly/react-core'
import { Panel } from '../kit/Panel.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'
import { type DocumentedSchema, type SchemaRow, schemaRows } from './schemaRows.ts'

const columns: readonly Column<SchemaRow>[] = [
  {
    key: 'name',
    title: 'Field',
    width: 25,
    isSelfEvident: true,
    cell: (row) => (
      <span className="st-row">
        <FieldName name={row.name} />
        {row.isRequired && (
          <Label isCompact color="blue">
            required
          </Label>
        )}
      </span>
    ),
  },
  { key: 'type', title: 'Type', width: 15, cell: (row) => row.type },
  {
    key: 'description',
    title: 'Meaning',
    width: 40,
    cell: (row) => <Marked text={row.description || '–'} />,
  },
  {
    key: 'rule',
    title: 'Rule',
    width: 20,
    cell: (row) => <span className="st-break">{row.rule || '–'}</span>,
  },
]

// Of a nested field its own name stands out, not the way to it.
function FieldName({ name }: { name: string }) {
  const at = name.lastIndexOf('.') + 1
  return (
    <code className="st-code">
      <span className="st-quiet">{name.slice(0, at)}</span>
      {name.slice(at)}
    </code>
  )
}

/** A text in which words of a program stand between backticks. */
export function Marked({ text }: { text: string }) {
  return (
    <span className="st-break">
      {text.split('`').map((part, at) =>
        at % 2 === 0 ? (
          part
        ) : (
          // Its place in the text is all the identity a part has.
          <code key={at} className="st-code">
            {part}
          </code>
        ),
      )}
    </span>
  )
}

interface SchemaTableProps {
  readonly title: string
  readonly schema: unknown
  /** Said when the schema has no fields. */
  readonly absent: string
}

/** The fields of something that a schema describes. */
export function SchemaTable({ title, schema, absent }: SchemaTableProps) {
  const rows = schemaRows(schema as DocumentedSchema | null)
  return (
    <Panel title={title}>
      {rows.length === 0 ? (
        <p className="st-quiet">{(schema as DocumentedSchema | null)?.description ?? absent}</p>
      ) : (
        <DataTable
          label={title}
          columns={columns}
          rows={rows}
          keyOf={(row) => row.name}
          nameOf={(row) => row.name}
        />
      )}
    </Panel>
  )
}
