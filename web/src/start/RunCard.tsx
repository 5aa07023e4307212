import { Button } from '@patternfly/react-core'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { graphql } from '../client/gql.ts'
import { useAction } from '../client/mutation.ts'
import { paths } from '../client/paths.ts'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'
import { StartCard } from './StartCard.tsx'

const StartShipped = graphql(`
  mutation StartShipped($input: CreateTaskInput!) {
    createTask(input: $input) {
      __typename
      ... on CreatedTask {
        task {
          id
          uuid
        }
      }
      ... on InputProblem {
        message
      }
    }
  }
`)

interface RunCardProps {
  readonly number: number
  readonly title: string
  readonly template: string
  readonly verb: string
  readonly canRun: boolean
  readonly children: ReactNode
}

/** Starts a shipped template with one click and goes to its live task. */
export function RunCard({ number, title, template, verb, canRun, children }: RunCardProps) {
  const start = useAction(StartShipped)
  const navigate = useNavigate()
  const [refusal, setRefusal] = useState<string>()
  const run = async () => {
    setRefusal(undefined)
    const { data } = await start.run({ input: { template } })
    if (data?.createTask.__typename === 'CreatedTask') navigate(paths.task(data.createTask.task.uuid))
    if (data?.createTask.__typename === 'InputProblem') setRefusal(data.createTask.message)
  }
  const problem =
    start.problem ?? (refusal ? { code: 'invalid-input' as const, message: refusal, fields: [] } : undefined)
  return (
    <StartCard
      number={number}
      title={title}
      footer={
        <Button
          onClick={() => void run()}
          isLoading={start.isRunning}
          isDisabled={!canRun || start.isRunning}
        >
          {verb}
        </Button>
      }
    >
      <div className="st-stack">
        <p>{children}</p>
        {!canRun && (
          <p className="st-quiet">You may not run templates: the permission task.create is missing.</p>
        )}
        {problem && <ProblemAlert problem={problem} />}
      </div>
    </StartCard>
  )
}
