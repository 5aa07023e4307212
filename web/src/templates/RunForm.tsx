import { Alert, Button, ExpandableSection, Form } from '@patternfly/react-core'
import type { TemplateInput } from '@stint/schema/template-types'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { graphql } from '../client/gql.ts'
import { useAction } from '../client/mutation.ts'
import { paths } from '../client/paths.ts'
import { TextField } from '../kit/form/TextField.tsx'
import { useFirstProblem } from '../kit/form/useFirstProblem.ts'
import { InputFields } from '../kit/inputs/InputFields.tsx'
import { useInputForm } from '../kit/inputs/useInputForm.ts'
import { ButtonLink } from '../kit/links.tsx'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'
import { zoneName } from '../kit/time.ts'

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
  }
  readonly inputs: readonly TemplateInput[]
}

/** The form made from the inputs of a template. Nothing is lost on a refusal; the draft outlives a reload, its secrets do not. */
export function RunForm({ template, inputs }: RunFormProps) {
  const form = useInputForm(template.name, inputs)
  const run = useAction(RunTemplate)
  const navigate = useNavigate()
  const [startAt, setStartAt] = useState('')
  const [refusal, setRefusal] = useState<string>()
  const element = useRef<HTMLFormElement>(null)
  const showFirstProblem = useFirstProblem(element)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    form.send()
    setRefusal(undefined)
    if (form.problems.size > 0) return showFirstProblem()
    const input = {
      template: template.name,
      version: template.version,
      input: form.values,
      startAt: startAt ? new Date(startAt).toISOString() : undefined,
    }
    const { data } = await run.run({ input })
    if (data?.createTask.__typename === 'CreatedTask') {
      form.forget()
      return navigate(paths.task(data.createTask.task.uuid))
    }
    if (data?.createTask.__typename === 'InputProblem') {
      form.refuse(data.createTask.fields)
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
      <ExpandableSection toggleText="Start later">
        <TextField
          id="start-at"
          label="Start at"
          type="datetime-local"
          value={startAt}
          onChange={setStartAt}
          hint={`In your time zone, ${zoneName()}. Empty: at once.`}
          isOptional
        />
      </ExpandableSection>
      <div className="st-row">
        <Button type="submit" isLoading={run.isRunning} isDisabled={run.isRunning || !template.canRun}>
          {startAt ? 'Schedule' : 'Run'}
        </Button>
        <ButtonLink variant="link" {...paths.template(template.name)}>
          Back to the template
        </ButtonLink>
      </div>
    </Form>
  )
}
