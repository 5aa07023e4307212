import { Label } from '@patternfly/react-core'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ResultOf } from 'gql.tada'
import { lazy, Suspense } from 'react'
import { graphql } from '../client/gql.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { useCan } from '../client/session.ts'
import { CodeText } from '../kit/CodeText.tsx'
import { ButtonLink } from '../kit/links.tsx'
import { Moment } from '../kit/Moment.tsx'
import { factsToCome, Page } from '../kit/Page.tsx'
import { ProblemState, QueryState, RowsSkeleton } from '../kit/QueryState.tsx'
import { TabBar, TabLink } from '../kit/TabBar.tsx'
import { TemplateOverview, TemplateOverviewFragment } from './TemplateOverview.tsx'
import { TemplateTasks } from './TemplateTasks.tsx'
import { VersionPicker } from './VersionPicker.tsx'

export const pageQuery = graphql(
  `
    query TemplatePage($name: String!, $version: Int) {
      newest: template(name: $name) {
        id
        version
      }
      template(name: $name, version: $version) {
        id
        name
        version
        source
        description
        text
        isLatest
        blocked
        canRun
        whyNotRun
        createdAt
        createdBy
        ...TemplateOverview_template
      }
    }
  `,
  [TemplateOverviewFragment],
)

type Template = NonNullable<ResultOf<typeof pageQuery>['template']>

const route = getRouteApi('/signed-in/templates/$name')

/** What does this template do, what does it need, and how did it go before? */
export function TemplatePage() {
  const { name } = route.useParams()
  const { tab = 'overview', version } = route.useSearch()
  const { data, problem, refetch } = usePageQuery(pageQuery, { name, version })
  const template = data?.template
  const trail = [
    <Link key="templates" {...paths.templates()}>
      Templates
    </Link>,
  ]
  const tabs = (
    <TabBar label="Sides of the template">
      <TabLink {...paths.template(name, { tab: 'overview', version })} isCurrent={tab === 'overview'} replace>
        Overview
      </TabLink>
      <TabLink {...paths.template(name, { tab: 'text', version })} isCurrent={tab === 'text'} replace>
        YAML
      </TabLink>
      <TabLink {...paths.template(name, { tab: 'dry-run', version })} isCurrent={tab === 'dry-run'} replace>
        Dry run
      </TabLink>
      <TabLink {...paths.template(name, { tab: 'tasks', version })} isCurrent={tab === 'tasks'} replace>
        Tasks
      </TabLink>
    </TabBar>
  )
  return (
    <Page
      title={name}
      trail={trail}
      label={template?.blocked && <Label color="orange">Blocked</Label>}
      facts={template ? <TemplateFacts template={template} newest={data?.newest?.version} /> : factsToCome}
      actions={template?.isLatest && <RunButton template={template} />}
      tabs={tabs}
    >
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {() => {
          if (!template) return <ProblemState problem={missing(name)} />
          if (tab === 'text') return <CodeText text={template.text} label="the template as YAML" isYaml />
          if (tab === 'dry-run') return <LazyDryRun name={name} version={version} />
          if (tab === 'tasks') return <TemplateTasks name={template.name} />
          return <TemplateOverview template={template} />
        }}
      </QueryState>
    </Page>
  )
}

const DryRunTab = lazy(async () => ({ default: (await import('./dry/DryRunTab.tsx')).DryRunTab }))

const LazyDryRun = (props: { name: string; version: number | undefined }) => (
  <Suspense fallback={<RowsSkeleton rows={4} />}>
    <DryRunTab {...props} />
  </Suspense>
)

const missing = (name: string) => ({
  code: 'not-found' as const,
  message: `There is no template named ${name}.`,
  fields: [],
})

function TemplateFacts({ template, newest }: { template: Template; newest: number | undefined }) {
  return (
    <>
      <VersionPicker template={template} newest={newest} />
      <span>
        changed <Moment at={template.createdAt} />
        {template.source !== 'shipped' && ` by ${template.createdBy}`}
      </span>
      <span>{template.source}</span>
    </>
  )
}

function RunButton({ template }: { template: Template }) {
  const canCreate = useCan('task.create')
  const whyNot = canCreate ? template.whyNotRun : 'The permission task.create is missing.'
  const isAllowed = canCreate && template.canRun
  return (
    <>
      {!isAllowed && whyNot && <span className="st-quiet">{whyNot}</span>}
      <ButtonLink {...paths.run(template.name)} isAriaDisabled={!isAllowed} disabled={!isAllowed}>
        Run
      </ButtonLink>
    </>
  )
}
