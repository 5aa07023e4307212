import { getRouteApi, Link } from '@tanstack/react-router'
import type { ResultOf } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { CodeText } from '../kit/CodeText.tsx'
import { type Fact, Facts } from '../kit/Facts.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { Panel } from '../kit/Panel.tsx'
import { ProblemState, QueryState } from '../kit/QueryState.tsx'

const FunctionPageQuery = graphql(`
  query FunctionPage($name: String!) {
    function(name: $name) {
      name
      description
      action
      arguments
      customStates
      text
      source
      version
      createdAt
      usedBy
    }
  }
`)

type Shown = NonNullable<ResultOf<typeof FunctionPageQuery>['function']>

const route = getRouteApi('/signed-in/actions/functions/$name')

const trail = [
  <Link key="actions" {...paths.actions()}>
    Actions
  </Link>,
  <Link key="functions" {...paths.functions()}>
    Functions
  </Link>,
]

/** What does this function do, what does it want to be told, and who uses it? */
export function FunctionPage() {
  const { name } = route.useParams()
  const { data, problem, refetch } = usePageQuery(FunctionPageQuery, { name })
  return (
    <Page title={name} trail={trail} facts={data?.function?.description}>
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {(found) =>
          found.function ? <Details shown={found.function} /> : <ProblemState problem={missing(name)} />
        }
      </QueryState>
    </Page>
  )
}

const missing = (name: string) => ({
  code: 'not-found' as const,
  message: `There is no function named ${name}.`,
  fields: [],
})

const listed = (names: readonly string[]) =>
  names.length === 0 ? 'none' : <code className="st-code">{names.join(', ')}</code>

function Details({ shown }: { shown: Shown }) {
  const facts: Fact[] = [
    { name: 'Runs', value: <code className="st-code">{shown.action}</code> },
    { name: 'Arguments', value: listed(shown.arguments) },
    { name: 'States of its own', value: listed(shown.customStates) },
    { name: 'File', value: <code className="st-code">{shown.source}</code> },
    { name: 'Version', value: shown.version },
    { name: 'Changed', value: <Moment at={shown.createdAt} /> },
  ]
  return (
    <div className="st-stack">
      <Facts facts={facts} />
      <Panel title="Used by">
        {shown.usedBy.length === 0 ? (
          <p className="st-quiet">No template uses it.</p>
        ) : (
          <ul className="st-bullets">
            {shown.usedBy.map((template) => (
              <li key={template}>
                <Link {...paths.template(template)}>{template}</Link>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <CodeText text={shown.text} label="the function as YAML" isYaml />
    </div>
  )
}
