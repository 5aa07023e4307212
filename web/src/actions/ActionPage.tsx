import { getRouteApi, Link } from '@tanstack/react-router'
import type { ResultOf } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { CodeText } from '../kit/CodeText.tsx'
import { CopyButton } from '../kit/CopyButton.tsx'
import { type Fact, Facts } from '../kit/Facts.tsx'
import { factsToCome, Page } from '../kit/Page.tsx'
import { Panel } from '../kit/Panel.tsx'
import { ProblemState, QueryState } from '../kit/QueryState.tsx'
import { Marked, SchemaTable } from './SchemaTable.tsx'
import { idempotentText } from './words.ts'

const ActionPageQuery = graphql(`
  query ActionPage {
    actions {
      type
      description
      configuration
      output
      metadata
      idempotent
      resources
      source
      example
      documentation
    }
  }
`)

type Action = ResultOf<typeof ActionPageQuery>['actions'][number]

const route = getRouteApi('/signed-in/actions/$type')

const trail = [
  <Link key="actions" {...paths.actions()}>
    Actions
  </Link>,
]

/** How is this action written, what does it need, and what does it give? */
export function ActionPage() {
  const { type } = route.useParams()
  const { data, problem, refetch } = usePageQuery(ActionPageQuery, {})
  const action = data?.actions.find((one) => one.type === type)
  return (
    <Page
      title={type}
      trail={trail}
      facts={action ? <Marked text={action.description} /> : factsToCome}
      label={action && <CopyButton text={action.documentation} label="Copy the documentation as Markdown" />}
    >
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {() => (action ? <Documentation action={action} /> : <ProblemState problem={missing(type)} />)}
      </QueryState>
    </Page>
  )
}

const missing = (type: string) => ({
  code: 'not-found' as const,
  message: `There is no action named ${type} here.`,
  fields: [],
})

function Documentation({ action }: { action: Action }) {
  const facts: Fact[] = [
    { name: 'Run twice', value: idempotentText(action.idempotent) },
    { name: 'From', value: <span className="st-break">{action.source}</span> },
    ...(action.resources.length > 0
      ? [{ name: 'Can be limited as', value: <code className="st-code">{action.resources.join(', ')}</code> }]
      : []),
  ]
  return (
    <div className="st-stack">
      <Facts facts={facts} />
      {action.example && (
        <Panel title="Example">
          <CodeText text={action.example} label="the example as YAML" isYaml />
        </Panel>
      )}
      <SchemaTable title="Configuration" schema={action.configuration} absent="It takes any configuration." />
      <SchemaTable title="Output" schema={action.output} absent="Its output can be anything." />
      {action.metadata !== null && (
        <SchemaTable title="Metadata" schema={action.metadata} absent="It can be anything." />
      )}
    </div>
  )
}
