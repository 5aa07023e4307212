import { Alert, Button, Form } from '@patternfly/react-core'
import type { TemplateInput } from '@stint/schema/template-types'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { graphql } from '../client/gql.ts'
import { useAction } from '../client/mutation.ts'
import { paths } from '../client/paths.ts'
import { useFirstProblem } from '../kit/form/useFirstProblem.ts'
import { InputFields } from '../kit/inputs/InputFields.tsx'
import { useInputForm } from '../kit/inputs/useInputForm.ts'
import { ButtonLink } from '../kit/links.tsx'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'
import { RunOptions } from './options/RunOptions.tsx'
import { useOptionsForm } from './options/useOptionsForm.ts'

const RunTemplate = graphql(`
  mutation RunTemplate($input: CreateTaskInput!) {
    createTask(input: $input) {
      __typename
      ... on CreatedTask {
        isNew
        task {
          id
          uuid
        }
      }
      ... on InputProblem {
        message
        fields {
          name
          message
        }
      }
    }
  }
`)

interface RunFormProps {
  readonly template: {
    readonly name: string
    readonly version: number
    readonly canRun: boolean
    readonly whyNotRun: string | null
    readonly mayNameResolvers: boolean
  }
  readonly inputs: readonly TemplateInput[]
}

/** The form made from the inputs of a template. Nothing is lost on a refusal; the draft outlives a reload, its secrets do not. */
export function RunForm({ template, inputs }: RunFormProps) {
  const form = useInputForm(template.name, inputs)
  const run = useAction(RunTemplate)
  const navigate = useNavigate()
  const options = useOptionsForm(template.name)
  const [refusal, setRefusal] = useState<string>()
  const element = useRef<HTMLFormElement>(null)
  const showFirstProblem = useFirstProblem(element)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    form.send()
    options.send()
    setRefusal(undefined)
    if (form.problems.size + options.problems.size > 0) return showFirstProblem()
    const input = {
      ...options.request(),
      template: template.name,
      version: template.version,
      input: form.values,
    }
    const { data } = await run.run({ input })
    if (data?.createTask.__typename === 'CreatedTask') {
      form.forget()
      options.forget()
      return navigate(paths.task(data.createTask.task.uuid))
    }
    if (data?.createTask.__typename === 'InputProblem') {
      const { fields } = data.createTask
      form.refuse(fields)
      // An input may have the name of an option: what is said of it is said of the input.
      options.refuse(fields.filter(({ name }) => !inputs.some((one) => one.name === name)))
      setRefusal(data.createTask.message)
      showFirstProblem()
    }
  }
  return (
    <Form ref={element} className="st-form" onSubmit={(event) => void submit(event)} noValidate>
      {!template.canRun && (
        <Alert
          variant="warning"
          isInline
          component="p"
          title={template.whyNotRun ?? 'This template cannot be run now.'}
        />
      )}
      {run.problem && <ProblemAlert problem={run.problem} />}
      {refusal && <Alert variant="danger" isInline component="p" title={refusal} />}
      {inputs.every((input) => input.hidden) && <p className="st-quiet">This template needs no input.</p>}
      <InputFields inputs={inputs} form={form} />
      <RunOptions form={options} mayNameResolvers={template.mayNameResolvers} />
      <div className="st-row">
        <Button type="submit" isLoading={run.isRunning} isDisabled={run.isRunning || !template.canRun}>
          {options.draft.startAt ? 'Schedule' : 'Run'}
        </Button>
        <ButtonLink variant="link" {...paths.template(template.name)}>
          Back to the template
        </ButtonLink>
      </div>
    </Form>
  )
}
