import { readFragment } from 'gql.tada'
import { useState } from 'react'
import { graphql } from '../../client/gql.ts'
import { useAction } from '../../client/mutation.ts'
import { nodesOf } from '../../client/nodes.ts'
import { usePageQuery } from '../../client/query.ts'
import { SelectField } from '../../kit/form/SelectField.tsx'
import { TextField } from '../../kit/form/TextField.tsx'
import { stepStatus } from '../../kit/status.ts'
import { DialogState } from '../command/DialogState.tsx'
import { FormDialog } from '../command/FormDialog.tsx'
import { StepRow, TaskState } from '../fragments.ts'
import { effectsOf, effectText, statesToSet } from './followers.ts'
import type { StepOfList } from './steps.ts'

const AllSteps = graphql(
  `
    query StepsOfTask($id: ID!) {
      task(id: $id) {
        id
        steps(first: 100, parentNo: null) {
          edges {
            node {
              taskId
              no
              ...StepRow_step
            }
          }
        }
      }
    }
  `,
  [StepRow],
)

const SetStepState = graphql(
  `
    mutation SetStepState($input: SetStepStateInput!) {
      setStepState(input: $input) {
        id
        ...TaskState_task
        steps(first: 100, parentNo: null) {
          edges {
            node {
              taskId
              no
              ...StepRow_step
            }
          }
        }
      }
    }
  `,
  [StepRow, TaskState],
)

interface SetStateDialogProps {
  readonly taskId: string
  readonly step: { readonly no: number; readonly name: string }
  readonly onClose: () => void
}

/** Gives a step of a paused task another state, and shows what that does to the steps behind it. */
export function SetStateDialog({ taskId, step, onClose }: SetStateDialogProps) {
  const title = `Set the state of step ${step.name}`
  const { data, problem, refetch } = usePageQuery(AllSteps, { id: taskId })
  return (
    <DialogState
      title={title}
      data={data?.task ?? undefined}
      problem={problem}
      onRetry={refetch}
      onClose={onClose}
    >
      {({ steps }) => (
        <StateForm
          taskId={taskId}
          step={step}
          title={title}
          steps={nodesOf(steps).map((node) => readFragment(StepRow, node))}
          onClose={onClose}
        />
      )}
    </DialogState>
  )
}

interface StateFormProps extends SetStateDialogProps {
  readonly title: string
  readonly steps: readonly StepOfList[]
}

const optionOf = (state: string) => {
  const { word } = stepStatus({ state })
  return { value: state, label: word === state ? state : `${word} (${state})` }
}

function StateForm({ taskId, step, title, steps, onClose }: StateFormProps) {
  const [state, setState] = useState('')
  const [reason, setReason] = useState('')
  const set = useAction(SetStepState)
  const submit = async () => {
    const input = { taskId, stepNo: step.no, state, reason: reason.trim() || undefined }
    const { problem } = await set.run({ input })
    if (!problem) onClose()
  }
  return (
    <FormDialog
      title={title}
      description="The task goes on from the states as they stand when it is resumed. What the step did outside stays done."
      verb="Set state"
      isRunning={set.isRunning}
      isDisabled={state === ''}
      problem={set.problem}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <SelectField
        id="step-state"
        label="New state"
        value={state}
        options={statesToSet(steps, step.name).map(optionOf)}
        onChange={setState}
      />
      {state !== '' && <Effects steps={steps} name={step.name} state={state} />}
      <TextField
        id="step-state-reason"
        label="Reason, for the record"
        isOptional
        value={reason}
        onChange={setReason}
      />
    </FormDialog>
  )
}

function Effects({ steps, name, state }: { steps: readonly StepOfList[]; name: string; state: string }) {
  const effects = effectsOf(steps, name, state)
  return (
    <div aria-live="polite">
      {effects.length === 0 ? (
        <p className="st-quiet">No other step changes.</p>
      ) : (
        <>
          <p>Steps that change with it:</p>
          <ul className="st-bullets">
            {effects.map((effect) => (
              <li key={effect.name}>{effectText(effect)}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
