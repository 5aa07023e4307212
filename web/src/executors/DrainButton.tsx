import { Button } from '@patternfly/react-core'
import { useState } from 'react'
import { graphql } from '../client/gql.ts'
import { useAction } from '../client/mutation.ts'
import { useCan } from '../client/session.ts'
import { Confirm } from '../kit/Confirm.tsx'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'
import { type Executor, ExecutorRow } from './executor.ts'

const DrainExecutor = graphql(
  `
    mutation DrainExecutor($id: ID!, $drain: Boolean!) {
      drainExecutor(id: $id, drain: $drain) {
        id
        ...ExecutorRow_executor
      }
    }
  `,
  [ExecutorRow],
)

/** Lets an executor finish what it has and take nothing new, or go on. */
export function DrainButton({ executor }: { executor: Executor }) {
  const canDrain = useCan('maintenance.manage')
  const drain = useAction(DrainExecutor)
  const [isAsked, setAsked] = useState(false)
  const isDraining = executor.state === 'DRAINING'
  if (!canDrain || (executor.state !== 'ALIVE' && !isDraining)) return null
  const go = async (isOn: boolean) => {
    const { problem } = await drain.run({ id: executor.id, drain: isOn })
    if (!problem) setAsked(false)
  }
  return (
    <>
      {drain.problem && !isAsked && <ProblemAlert problem={drain.problem} />}
      <Button
        variant="secondary"
        isLoading={drain.isRunning}
        isDisabled={drain.isRunning}
        onClick={() => (isDraining ? void go(false) : setAsked(true))}
      >
        {isDraining ? 'Take tasks again' : 'Drain'}
      </Button>
      {isAsked && (
        <Confirm
          title="Drain this executor?"
          verb="Drain"
          isRunning={drain.isRunning}
          problem={drain.problem}
          onConfirm={() => void go(true)}
          onClose={() => setAsked(false)}
        >
          It finishes the steps that run in it, hands its tasks back, and takes nothing new until it is told
          to go on. When it is the only one, tasks wait.
        </Confirm>
      )}
    </>
  )
}
