import { Label } from '@patternfly/react-core'
import { Link } from '@tanstack/react-router'
import { type FragmentOf, type ResultOf, readFragment } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { paths } from '../client/paths.ts'
import { wordOf } from '../client/words.ts'
import { StepsPicture } from '../kit/chart/StepsPicture.tsx'
import { dependencyText } from '../kit/dependency.ts'
import { Panel } from '../kit/Panel.tsx'
import { Prose } from '../kit/Prose.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'

export const TemplateOverviewFragment = graphql(`
  fragment TemplateOverview_template on Template {
    description
    longDescription
    docLink
    troubleshooting
    inputs {
      name
      description
      type
      regex
      legalValues
      collection
      optional
      default
      hidden
    }
    steps {
      no
      name
      description
      action
      dependencies {
        step
        states
      }
    }
  }
`)

type Overview = ResultOf<typeof TemplateOverviewFragment>
type Input = Overview['inputs'][number]
type Step = Overview['steps'][number]

const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

function ruleOf(input: Input): string {
  const rules = [
    input.legalValues && `one of ${input.legalValues.map(shown).join(', ')}`,
    input.default !== null && input.default !== undefined && `default ${shown(input.default)}`,
  ]
  return rules.filter(Boolean).join(' · ')
}

function Rule({ input }: { input: Input }) {
  const rule = ruleOf(input)
  return (
    <span className="st-break">
      {input.regex && (
        <>
          matches <code className="st-code">{input.regex}</code>
          {rule && ' · '}
        </>
      )}
      {rule || (!input.regex && '–')}
    </span>
  )
}

const inputColumns: readonly Column<Input>[] = [
  {
    key: 'name',
    title: 'Input',
    isSelfEvident: true,
    cell: (input) => (
      <span className="st-row">
        <code className="st-code">{input.name}</code>
        {input.optional && (
          <Label isCompact variant="outline">
            optional
          </Label>
        )}
      </span>
    ),
  },
  { key: 'type', title: 'Type', cell: (input) => `${wordOf(input.type)}${input.collection ? ' list' : ''}` },
  { key: 'description', title: 'Meaning', width: 35, cell: (input) => input.description ?? '–' },
  {
    key: 'rule',
    title: 'Rule',
    width: 35,
    cell: (input) => <Rule input={input} />,
  },
]

const stepColumns: readonly Column<Step>[] = [
  {
    key: 'name',
    title: 'Step',
    width: 25,
    isSelfEvident: true,
    cell: (step) => <span className="st-break">{step.name}</span>,
  },
  {
    key: 'action',
    title: 'Action',
    isNarrow: true,
    cell: (step) => (
      <Link {...paths.action(step.action)} className="st-code st-nowrap">
        {step.action}
      </Link>
    ),
  },
  { key: 'description', title: 'What it does', width: 35, cell: (step) => step.description || '–' },
  {
    key: 'after',
    title: 'After',
    width: 25,
    cell: (step) => (
      <span className="st-break">{step.dependencies.map(dependencyText).join(', ') || '–'}</span>
    ),
  },
]

const pictured = (step: Step) => ({
  ...step,
  content: (
    <>
      <span className="st-ellipsis">{step.name}</span>
      <span className="st-quiet st-small st-ellipsis">{step.action}</span>
    </>
  ),
})

// A web address and nothing that a browser would run.
const isSafeLink = (link: string) => /^https?:\/\//i.test(link)

/** What it does, what it needs, and its steps as a picture and in words. */
export function TemplateOverview({
  template: ref,
}: {
  template: FragmentOf<typeof TemplateOverviewFragment>
}) {
  const template = readFragment(TemplateOverviewFragment, ref)
  return (
    <div className="st-stack">
      <div className="st-prose">
        <p>{template.description}</p>
        {template.longDescription && <Prose text={template.longDescription} />}
        {template.docLink && isSafeLink(template.docLink) && (
          <p>
            <a href={template.docLink} target="_blank" rel="noreferrer">
              Documentation
            </a>
          </p>
        )}
        {template.troubleshooting && (
          <>
            <h2 className="st-prose__heading">When it fails</h2>
            <Prose text={template.troubleshooting} />
          </>
        )}
      </div>
      {template.inputs.length > 0 && (
        <Panel title="Inputs">
          <DataTable
            label="Inputs"
            columns={inputColumns}
            rows={template.inputs}
            keyOf={(input) => input.name}
            nameOf={(input) => input.name}
          />
        </Panel>
      )}
      <Panel title="Steps">
        <div className="st-stack">
          {template.steps.length > 1 && <StepsPicture steps={template.steps.map(pictured)} />}
          <DataTable
            label="Steps"
            columns={stepColumns}
            rows={template.steps}
            keyOf={(step) => String(step.no)}
            nameOf={(step) => step.name}
          />
        </div>
      </Panel>
    </div>
  )
}
