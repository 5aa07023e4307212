import { useEffect } from 'react'
import { graphql } from '../../client/gql.ts'
import { usePageQuery } from '../../client/query.ts'
import { Panel } from '../../kit/Panel.tsx'
import { QueryState } from '../../kit/QueryState.tsx'
import { Values } from '../../kit/Values.tsx'
import type { LiveTask } from '../words.ts'

const InputsQuery = graphql(`
  query TaskInputs($id: ID!) {
    task(id: $id) {
      id
      input
      resolverInput
      outcome
    }
  }
`)

const isEmpty = (value: unknown) =>
  value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)

/** What went in, and what came out. */
export function InputsTab({ task }: { task: LiveTask }) {
  const { data, problem, refetch } = usePageQuery(InputsQuery, { id: task.id })
  // The result is there once the task has stopped.
  useEffect(() => refetch(), [task.state, refetch])
  return (
    <QueryState data={data?.task ?? undefined} problem={problem} onRetry={refetch}>
      {({ input, resolverInput, outcome }) => (
        <div className="st-columns">
          <Panel title="Input">
            <Shown value={input} absent="It was started without input." copyLabel="Copy the input as JSON" />
          </Panel>
          {!isEmpty(resolverInput) && (
            <Panel title="Input of the resolver">
              <Shown value={resolverInput} absent="" copyLabel="Copy the resolver's input as JSON" />
            </Panel>
          )}
          <Panel title="Result">
            <Shown
              value={outcome}
              absent={
                task.state === 'STOPPED' ? 'It left no result.' : 'It is there when the task has stopped.'
              }
              copyLabel="Copy the result as JSON"
            />
          </Panel>
        </div>
      )}
    </QueryState>
  )
}

function Shown({ value, absent, copyLabel }: { value: unknown; absent: string; copyLabel: string }) {
  return isEmpty(value) ? (
    <p className="st-quiet">{absent}</p>
  ) : (
    <Values value={value} copyLabel={copyLabel} />
  )
}
