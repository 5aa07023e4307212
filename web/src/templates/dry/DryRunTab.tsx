import './dry.css'
import { Alert, Button, Form } from '@patternfly/react-core'
import type { TemplateInput } from '@stint/schema/template-types'
import { type ResultOf, readFragment } from 'gql.tada'
import { type FormEvent, useMemo, useState } from 'react'
import { useClient } from 'urql'
import { graphql } from '../../client/gql.ts'
import { noAnswer, type PageProblem, problemOf } from '../../client/problems.ts'
import { usePageQuery } from '../../client/query.ts'
import { checkableInput, TemplateInputFragment } from '../../kit/inputs/checkable.ts'
import { InputFields } from '../../kit/inputs/InputFields.tsx'
import { useInputForm } from '../../kit/inputs/useInputForm.ts'
import { ProblemAlert } from '../../kit/ProblemAlert.tsx'
import { QueryState } from '../../kit/QueryState.tsx'
import { DryRunReport } from './DryRunReport.tsx'
import { type DryRun, DryRunQuery } from './dryRun.ts'
import { FindingList } from './FindingList.tsx'

const DryInputsQuery = graphql(
  `
    query DryRunInputs($name: String!, $version: Int) {
      template(name: $name, version: $version) {
        id
        name
        version
        inputs {
          ...TemplateInput_input
        }
      }
    }
  `,
  [TemplateInputFragment],
)

type Template = NonNullable<ResultOf<typeof DryInputsQuery>['template']>

interface DryRunTabProps {
  readonly name: string
  readonly version: number | undefined
}

/** What would a task of this template do with these inputs? Nothing runs. */
export function DryRunTab({ name, version }: DryRunTabProps) {
  const { data, problem, refetch } = usePageQuery(DryInputsQuery, { name, version })
  return (
    <QueryState data={data?.template ?? undefined} problem={problem} onRetry={refetch}>
      {(template) => <Trial key={template.id} template={template} />}
    </QueryState>
  )
}

type Finding = { readonly message: string; readonly findings: DryRun['findings'] }

/** Asks what a dry run would say; undefined until somebody does. */
function useDryRun() {
  const client = useClient()
  const [isRunning, setRunning] = useState(false)
  const [report, setReport] = useState<DryRun>()
  const [faults, setFaults] = useState<Finding>()
  const [problem, setProblem] = useState<PageProblem>()
  const run = async (
    template: Template,
    input: unknown,
    onRefused: (fields: PageProblem['fields']) => void,
  ) => {
    setRunning(true)
    setProblem(undefined)
    setFaults(undefined)
    const variables = { input: { template: template.name, version: template.version, input } }
    const result = await client.query(DryRunQuery, variables, { requestPolicy: 'network-only' }).toPromise()
    setRunning(false)
    const found = result.data?.dryRun
    if (!found) return setProblem(problemOf(result.error) ?? noAnswer)
    if (found.__typename === 'DryRun') return setReport(found)
    setReport(undefined)
    if (found.__typename === 'TemplateProblem') return setFaults(found)
    onRefused(found.fields)
    setProblem({ code: 'invalid-input', message: found.message, fields: [] })
  }
  return { run, isRunning, report, faults, problem }
}

function Trial({ template }: { template: Template }) {
  const inputs: readonly TemplateInput[] = useMemo(
    () => template.inputs.map((ref) => checkableInput(readFragment(TemplateInputFragment, ref))),
    [template],
  )
  const form = useInputForm(`dry.${template.name}`, inputs)
  const trial = useDryRun()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    form.send()
    if (form.problems.size === 0) void trial.run(template, form.values, form.refuse)
  }
  return (
    <div className="st-dry">
      <Form className="st-form" onSubmit={submit} noValidate>
        {trial.problem && <ProblemAlert problem={trial.problem} />}
        {inputs.every((input) => input.hidden) && <p className="st-quiet">This template needs no input.</p>}
        <InputFields inputs={inputs} form={form} />
        <div className="st-row">
          <Button type="submit" variant="secondary" isLoading={trial.isRunning} isDisabled={trial.isRunning}>
            Try without running
          </Button>
        </div>
      </Form>
      <div aria-live="polite" className="st-stack">
        {trial.faults && (
          <Alert variant="danger" isInline component="h2" title={trial.faults.message}>
            <FindingList findings={trial.faults.findings} />
          </Alert>
        )}
        {trial.report && <DryRunReport report={trial.report} />}
        {!trial.report && !trial.faults && (
          <p className="st-quiet">
            Fill in the inputs, and see which steps would run with which configuration, which locks it would
            take and who holds them now.
          </p>
        )}
      </div>
    </div>
  )
}
