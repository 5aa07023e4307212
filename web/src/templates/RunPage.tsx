import { getRouteApi, Link } from '@tanstack/react-router'
import { readFragment } from 'gql.tada'
import { useMemo } from 'react'
import { graphql } from '../client/gql.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { useCan } from '../client/session.ts'
import { checkableInput, TemplateInputFragment } from '../kit/inputs/checkable.ts'
import { Page } from '../kit/Page.tsx'
import { Forbidden, ProblemState, QueryState } from '../kit/QueryState.tsx'
import { RunForm } from './RunForm.tsx'

const RunPageQuery = graphql(
  `
    query RunPage($name: String!) {
      template(name: $name) {
        id
        name
        version
        description
        canRun
        whyNotRun
        mayNameResolvers
        inputs {
          ...TemplateInput_input
        }
      }
    }
  `,
  [TemplateInputFragment],
)

const route = getRouteApi('/signed-in/templates/$name/run')

/** What does this template need to know before it runs? */
export function RunPage() {
  const { name } = route.useParams()
  const { data, problem, refetch } = usePageQuery(RunPageQuery, { name })
  const canCreate = useCan('task.create')
  const template = data?.template
  const inputs = useMemo(
    () => template?.inputs.map((ref) => checkableInput(readFragment(TemplateInputFragment, ref))) ?? [],
    [template],
  )
  const trail = [
    <Link key="templates" {...paths.templates()}>
      Templates
    </Link>,
    <Link key="template" {...paths.template(name)}>
      {name}
    </Link>,
  ]
  return (
    <Page title={`Run ${name}`} trail={trail} facts={template?.description}>
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {() => {
          if (!canCreate) return <Forbidden permission="task.create" />
          if (!template) return <ProblemState problem={missing(name)} />
          return <RunForm key={template.id} template={template} inputs={inputs} />
        }}
      </QueryState>
    </Page>
  )
}

const missing = (name: string) => ({
  code: 'not-found' as const,
  message: `There is no template named ${name}.`,
  fields: [],
})
