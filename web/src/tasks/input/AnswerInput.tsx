import { Button, Form } from '@patternfly/react-core'
import { type FormEvent, useRef, useState } from 'react'
import { graphql } from '../../client/gql.ts'
import { useAction } from '../../client/mutation.ts'
import { useFirstProblem } from '../../kit/form/useFirstProblem.ts'
import { ProblemAlert } from '../../kit/ProblemAlert.tsx'
import type { JsonSchema } from '../../kit/schema/fields.ts'
import { SchemaFields } from '../../kit/schema/SchemaFields.tsx'
import { useSchemaForm } from '../../kit/schema/useSchemaForm.ts'
import { StepRow, TaskState } from '../fragments.ts'

const AnswerInputMutation = graphql(
  `
    mutation AnswerInput($input: AnswerInputInput!, $stepNo: Int!) {
      answerInput(input: $input) {
        __typename
        ... on Task {
          id
          ...TaskState_task
          step(no: $stepNo) {
            taskId
            no
            ...StepRow_step
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
  `,
  [TaskState, StepRow],
)

interface AnswerInputProps {
  readonly taskId: string
  readonly stepNo: number
  readonly schema: JsonSchema
  /** Absent: whoever looks may answer. */
  readonly whyNot?: string | null
  readonly onAnswered?: () => void
}

/** What a step asks of a person, as a form. */
export function AnswerInput({ taskId, stepNo, schema, whyNot, onAnswered }: AnswerInputProps) {
  const form = useSchemaForm(`answer.${taskId}.${stepNo}`, schema)
  const answer = useAction(AnswerInputMutation)
  const [refusal, setRefusal] = useState<string>()
  const element = useRef<HTMLFormElement>(null)
  const showFirstProblem = useFirstProblem(element)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    form.send()
    setRefusal(undefined)
    if (form.problems.size > 0) return showFirstProblem()
    const { data } = await answer.run({ input: { taskId, stepNo, answer: form.answer() }, stepNo })
    if (data?.answerInput.__typename === 'InputProblem') {
      form.refuse(data.answerInput.fields)
      setRefusal(data.answerInput.message)
      return showFirstProblem()
    }
    if (!data) return
    form.forget()
    onAnswered?.()
  }
  return (
    <Form ref={element} className="st-form" onSubmit={(event) => void submit(event)} noValidate>
      {answer.problem && <ProblemAlert problem={answer.problem} />}
      {refusal && <ProblemAlert problem={{ code: 'invalid-input', message: refusal, fields: [] }} />}
      {schema.properties && schema.description && <p className="st-break">{schema.description}</p>}
      <SchemaFields form={form} name={`answer-${stepNo}`} />
      <div className="st-row">
        <Button type="submit" isLoading={answer.isRunning} isDisabled={answer.isRunning || Boolean(whyNot)}>
          Send answer
        </Button>
        {whyNot && <span className="st-quiet">{whyNot}</span>}
      </div>
    </Form>
  )
}
