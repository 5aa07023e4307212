import CatalogIcon from '@patternfly/react-icons/dist/esm/icons/catalog-icon'
import { Link } from '@tanstack/react-router'
import type { ResultOf } from 'gql.tada'
import { useState } from 'react'
import { graphql } from '../client/gql.ts'
import { type NodeOf, nodesOf } from '../client/nodes.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { useCan } from '../client/session.ts'
import { Empty } from '../kit/Empty.tsx'
import { FilterBar } from '../kit/filter/FilterBar.tsx'
import { TextFilter } from '../kit/filter/TextFilter.tsx'
import { ButtonLink } from '../kit/links.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'

const TemplatesPageQuery = graphql(`
  query TemplatesPage($after: String) {
    templates(first: 100, after: $after) {
      edges {
        node {
          id
          name
          version
          description
          source
          hidden
          blocked
          canRun
          whyNotRun
          createdAt
          inputs {
            name
          }
          steps {
            no
          }
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`)

type Template = NodeOf<ResultOf<typeof TemplatesPageQuery>['templates']>

const columns = (canRun: boolean): readonly Column<Template>[] => [
  {
    key: 'name',
    title: 'Template',
    width: 50,
    isSelfEvident: true,
    cell: (template) => (
      <div className="st-cell">
        <Link {...paths.template(template.name)} className="st-break">
          {template.name}
        </Link>
        <span className="st-quiet st-small st-clamp st-break">{template.description}</span>
        {template.blocked && <span className="st-small">Blocked: {template.whyNotRun}</span>}
      </div>
    ),
  },
  {
    key: 'steps',
    title: 'Steps',
    isRight: true,
    cell: (template) => template.steps.length,
    isWideOnly: true,
  },
  {
    key: 'inputs',
    title: 'Inputs',
    isRight: true,
    cell: (template) => template.inputs.length,
    isWideOnly: true,
  },
  { key: 'version', title: 'Version', isRight: true, cell: (template) => template.version },
  { key: 'source', title: 'From', cell: (template) => template.source, isWideOnly: true },
  { key: 'created', title: 'Changed', cell: (template) => <Moment at={template.createdAt} /> },
  ...(canRun ? [{ key: 'run', title: 'Run', cell: runCell, isSelfEvident: true, isTitleHidden: true }] : []),
]

const runCell = (template: Template) => (
  <ButtonLink
    {...paths.run(template.name)}
    variant="secondary"
    size="sm"
    aria-label={`Run ${template.name}`}
    isAriaDisabled={!template.canRun}
    title={template.whyNotRun ?? undefined}
  >
    Run
  </ButtonLink>
)

const matches = (template: Template, text: string | undefined) =>
  !text || `${template.name} ${template.description}`.toLowerCase().includes(text.toLowerCase())

/** Which work is written down here, ready to run? */
export function TemplatesPage() {
  const { data, problem, refetch } = usePageQuery(TemplatesPageQuery, {})
  const [text, setText] = useState<string>()
  const canRun = useCan('task.create')
  return (
    <Page title="Templates" facts="What can be run here, written down step by step.">
      <FilterBar chips={[]} onClear={() => setText(undefined)}>
        <TextFilter label="Find by name or description" text={text} onChange={setText} />
      </FilterBar>
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ templates }) => {
          const rows = nodesOf(templates).filter((template) => matches(template, text))
          if (rows.length === 0) {
            return (
              <Empty title={text ? 'No template matches' : 'No template yet'} icon={CatalogIcon}>
                {text
                  ? 'Names and descriptions are searched.'
                  : 'Put YAML files into the folder of templates, or save one over the API.'}
              </Empty>
            )
          }
          return (
            <DataTable
              label="Templates"
              columns={columns(canRun)}
              rows={rows}
              keyOf={(template) => template.id}
              nameOf={(template) => template.name}
            />
          )
        }}
      </QueryState>
    </Page>
  )
}
