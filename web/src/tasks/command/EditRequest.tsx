import type { TemplateInput } from '@stint/schema/template-types'
import { type ResultOf, readFragment } from 'gql.tada'
import { useMemo, useState } from 'react'
import { graphql } from '../../client/gql.ts'
import { useAction } from '../../client/mutation.ts'
import type { PageProblem } from '../../client/problems.ts'
import { usePageQuery } from '../../client/query.ts'
import { readTags, tagText } from '../../client/tags.ts'
import { ListField } from '../../kit/form/ListField.tsx'
import { TextField } from '../../kit/form/TextField.tsx'
import { checkableInput, TemplateInputFragment } from '../../kit/inputs/checkable.ts'
import { InputFields } from '../../kit/inputs/InputFields.tsx'
import { useInputForm } from '../../kit/inputs/useInputForm.ts'
import { TaskState } from '../fragments.ts'
import type { LiveTask } from '../words.ts'
import { DialogState } from './DialogState.tsx'
import { FormDialog } from './FormDialog.tsx'

const RequestQuery = graphql(
  `
    query TaskRequest($id: ID!) {
      task(id: $id) {
        id
        input
        resolverInput
        tags {
          name
          value
        }
        template {
          id
          inputs {
            ...TemplateInput_input
          }
          resolverInputs {
            ...TemplateInput_input
          }
        }
      }
    }
  `,
  [TemplateInputFragment],
)

const EditTaskRequest = graphql(
  `
    mutation EditTaskRequest($input: EditRequestInput!) {
      editTaskRequest(input: $input) {
        __typename
        ... on Task {
          id
          input
          resolverInput
          tags {
            name
            value
          }
          ...TaskState_task
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
  [TaskState],
)

type Request = NonNullable<ResultOf<typeof RequestQuery>['task']>

interface EditRequestProps {
  readonly task: LiveTask
  readonly onClose: () => void
}

/** Changes what a task was asked to do, before it goes on. */
export function EditRequest({ task, onClose }: EditRequestProps) {
  const { data, problem, refetch } = usePageQuery(RequestQuery, { id: task.id })
  return (
    <DialogState
      title="Edit the request"
      data={data?.task ?? undefined}
      problem={problem}
      onRetry={refetch}
      onClose={onClose}
    >
      {(request) => <RequestForm task={task} request={request} onClose={onClose} />}
    </DialogState>
  )
}

const valuesIn = (value: unknown) => (value ?? {}) as Readonly<Record<string, unknown>>

function RequestForm({ task, request, onClose }: EditRequestProps & { request: Request }) {
  const inputs = useInputs(request.template?.inputs)
  const resolverInputs = useInputs(request.template?.resolverInputs)
  const form = useInputForm(`request.${task.id}`, inputs, valuesIn(request.input))
  const resolverForm = useInputForm(
    `request-resolver.${task.id}`,
    resolverInputs,
    valuesIn(request.resolverInput),
  )
  const isResolved = request.resolverInput !== null && resolverInputs.length > 0
  const [tags, setTags] = useState<readonly string[]>(() => request.tags.map(tagText))
  const [reason, setReason] = useState('')
  const [refusal, setRefusal] = useState<PageProblem>()
  const edit = useAction(EditTaskRequest)
  const submit = async () => {
    form.send()
    resolverForm.send()
    setRefusal(undefined)
    if (form.problems.size > 0 || (isResolved && resolverForm.problems.size > 0)) return
    const input = {
      taskId: task.id,
      input: form.values,
      resolverInput: isResolved ? resolverForm.values : undefined,
      tags: readTags(tags),
      reason: reason.trim() || undefined,
    }
    const { data } = await edit.run({ input })
    if (data?.editTaskRequest.__typename === 'InputProblem') {
      const { fields, message } = data.editTaskRequest
      form.refuse(fields)
      resolverForm.refuse(
        fields.map((field) => ({ ...field, name: field.name.replace('resolverInput.', '') })),
      )
      return setRefusal({ code: 'invalid-input', message, fields: [] })
    }
    if (!data) return
    form.forget()
    resolverForm.forget()
    onClose()
  }
  return (
    <FormDialog
      title="Edit the request"
      description="Steps that have run keep what they did; steps to come get the new values."
      verb="Save"
      isRunning={edit.isRunning}
      problem={edit.problem ?? refusal}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <InputFields inputs={inputs} form={form} />
      {isResolved && <InputFields inputs={resolverInputs} form={resolverForm} />}
      <ListField
        id="request-tags"
        label="Tags"
        hint="A name, or name=value."
        isOptional
        values={tags}
        onChange={setTags}
      />
      <TextField
        id="request-reason"
        label="Reason, for the record"
        isOptional
        value={reason}
        onChange={setReason}
      />
    </FormDialog>
  )
}

type InputRefs = NonNullable<Request['template']>['inputs']

function useInputs(refs: InputRefs | undefined): readonly TemplateInput[] {
  return useMemo(
    () => refs?.map((ref) => checkableInput(readFragment(TemplateInputFragment, ref))) ?? [],
    [refs],
  )
}
