import './console.css'
import { SearchInput } from '@patternfly/react-core'
import { useState } from 'react'
import { graphql } from '../../client/gql.ts'
import { usePageQuery } from '../../client/query.ts'
import { useSteadily } from '../../client/steady.ts'
import { CodeText } from '../../kit/CodeText.tsx'
import { CopyButton } from '../../kit/CopyButton.tsx'
import { Empty } from '../../kit/Empty.tsx'
import { Panel } from '../../kit/Panel.tsx'
import { QueryState } from '../../kit/QueryState.tsx'
import { type LiveTask, stepsVersion } from '../words.ts'
import { cellText, columnsOf, findRows, type Row, rowsOf } from './rows.ts'

const ConsoleQuery = graphql(`
  query TaskConsole($id: ID!) {
    task(id: $id) {
      id
      console {
        task
        steps
        signals
        timers
        holds
        waits
        hints
        executor
        plan
      }
    }
  }
`)

const tables = [
  ['task', 'Task'],
  ['executor', 'Executor'],
  ['steps', 'Steps'],
  ['signals', 'Signals'],
  ['timers', 'Timers'],
  ['holds', 'Holds'],
  ['waits', 'Waits'],
  ['hints', 'Hints of the queue'],
] as const

const everyMs = 1000

/** The rows of the database as they stand: for those who look for a fault of the engine. Never what is sealed. */
export function ConsoleTab({ task }: { task: LiveTask }) {
  const { data, problem, refetch } = usePageQuery(ConsoleQuery, { id: task.id })
  useSteadily(stepsVersion(task), refetch, { everyMs })
  const [text, setText] = useState('')
  return (
    <QueryState data={data?.task ?? undefined} problem={problem} onRetry={refetch}>
      {({ console: found }) => {
        if (!found) {
          return (
            <Empty title="The console is not for you" level="h3" isSmall>
              The settings enable_console and console_require_admin say who may look at these rows.
            </Empty>
          )
        }
        const shown = tables.map(([key, title]) => ({ key, title, rows: findRows(rowsOf(found[key]), text) }))
        return (
          <div className="st-stack">
            <div className="st-row st-row--apart">
              <SearchInput
                aria-label="Find in the rows"
                placeholder="Find in the rows"
                value={text}
                onChange={(_event, value) => setText(value)}
                onClear={() => setText('')}
                className="st-console__find"
              />
              <CopyButton text={JSON.stringify(found, null, 2)} label="Copy all rows as JSON" />
            </div>
            {shown.map(
              ({ key, title, rows }) => rows.length > 0 && <Rows key={key} title={title} rows={rows} />,
            )}
            <NoRows titles={shown.filter(({ rows }) => rows.length === 0).map(({ title }) => title)} />
            <Panel title="What it runs">
              <CodeText text={found.plan} label="the plan" isPlain />
            </Panel>
          </div>
        )
      }}
    </QueryState>
  )
}

function NoRows({ titles }: { titles: readonly string[] }) {
  if (titles.length === 0) return null
  return <p className="st-quiet">No row: {titles.join(', ').toLowerCase()}.</p>
}

interface RowsProps {
  readonly title: string
  readonly rows: readonly Row[]
}

function Rows({ title, rows }: RowsProps) {
  const columns = columnsOf(rows)
  return (
    <Panel
      title={`${title} (${rows.length})`}
      actions={
        <CopyButton text={JSON.stringify(rows, null, 2)} label={`Copy the rows of ${title} as JSON`} />
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      <section className="st-console" tabIndex={0} aria-label={`Rows of ${title}`}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              // A row of the database is shown as it is: its place is its identity here.
              <tr key={at}>
                {columns.map((column) => (
                  <td key={column} title={cellText(row[column])}>
                    {cellText(row[column])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  )
}
