import { Button, Form, Modal, ModalBody, ModalFooter, ModalHeader, Title } from '@patternfly/react-core'
import type { TemplateInput } from '@stint/schema/template-types'
import { readFragment } from 'gql.tada'
import { type FormEvent, useMemo } from 'react'
import { graphql } from '../../client/gql.ts'
import { useAction } from '../../client/mutation.ts'
import { usePageQuery } from '../../client/query.ts'
import { checkableInput, TemplateInputFragment } from '../../kit/inputs/checkable.ts'
import { InputFields } from '../../kit/inputs/InputFields.tsx'
import { useInputForm } from '../../kit/inputs/useInputForm.ts'
import { ProblemAlert } from '../../kit/ProblemAlert.tsx'
import { QueryState } from '../../kit/QueryState.tsx'
import { Values } from '../../kit/Values.tsx'
import { ResolveTask } from '../actions.ts'
import type { LiveTask } from '../words.ts'

const ApprovalQuery = graphql(
  `
    query Approval($id: ID!) {
      task(id: $id) {
        id
        owner
        input
        template {
          id
          resolverInputs {
            ...TemplateInput_input
          }
        }
      }
    }
  `,
  [TemplateInputFragment],
)

interface ApproveTaskProps {
  readonly task: LiveTask
  readonly onClose: () => void
}

/** Lets a task start that waits for a person, with what its template asks of that person. */
export function ApproveTask({ task, onClose }: ApproveTaskProps) {
  const { data, problem, refetch } = usePageQuery(ApprovalQuery, { id: task.id })
  const refs = data?.task?.template?.resolverInputs
  const inputs = useMemo(
    () => refs?.map((ref) => checkableInput(readFragment(TemplateInputFragment, ref))) ?? [],
    [refs],
  )
  return (
    <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="approve-title">
      <ModalHeader
        title="Approve this task?"
        labelId="approve-title"
        description={`“${task.title}”, asked for by ${task.owner}, starts as soon as you approve it.`}
      />
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ task: asked }) => (
          <ApprovalForm task={task} asked={asked?.input} inputs={inputs} onClose={onClose} />
        )}
      </QueryState>
    </Modal>
  )
}

const hasValues = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0

interface ApprovalFormProps extends ApproveTaskProps {
  /** What the task was started with: whoever approves must see it. */
  readonly asked: unknown
  readonly inputs: readonly TemplateInput[]
}

function ApprovalForm({ task, asked, inputs, onClose }: ApprovalFormProps) {
  const form = useInputForm(`approve.${task.id}`, inputs)
  const resolve = useAction(ResolveTask)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    form.send()
    if (form.problems.size > 0) return
    const { problem } = await resolve.run({ input: { taskId: task.id, resolverInput: form.values } })
    if (problem) return form.refuse(problem.fields)
    form.forget()
    onClose()
  }
  return (
    <>
      <ModalBody>
        <div className="st-stack st-stack--large">
          {hasValues(asked) && (
            <Values
              value={asked}
              title={
                <Title headingLevel="h2" size="md">
                  What was asked for
                </Title>
              }
              copyLabel="Copy the input as JSON"
            />
          )}
          <Form id="approve-form" onSubmit={(event) => void submit(event)} noValidate>
            {resolve.problem && resolve.problem.fields.length === 0 && (
              <ProblemAlert problem={resolve.problem} />
            )}
            <InputFields inputs={inputs} form={form} />
          </Form>
        </div>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form="approve-form"
          isLoading={resolve.isRunning}
          isDisabled={resolve.isRunning}
        >
          Approve
        </Button>
        <Button variant="link" onClick={onClose}>
          Not now
        </Button>
      </ModalFooter>
    </>
  )
}
