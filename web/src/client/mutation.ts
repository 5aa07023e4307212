import { useCallback, useState } from 'react'
import { type AnyVariables, type DocumentInput, useClient } from 'urql'
import { noAnswer, type PageProblem, problemOf } from './problems.ts'

export type Outcome<Data> = { data: Data; problem?: undefined } | { data?: undefined; problem: PageProblem }

export interface Action<Data, Variables> {
  readonly run: (variables: Variables) => Promise<Outcome<Data>>
  readonly isRunning: boolean
  /** What the last run met; gone with the next run. */
  readonly problem: PageProblem | undefined
  readonly forget: () => void
}

/** A mutation with its state, for the button that starts it and the place that shows its problem. */
export function useAction<Data, Variables extends AnyVariables>(
  document: DocumentInput<Data, Variables>,
): Action<Data, Variables> {
  const client = useClient()
  const [isRunning, setRunning] = useState(false)
  const [problem, setProblem] = useState<PageProblem>()
  const run = useCallback(
    async (variables: Variables): Promise<Outcome<Data>> => {
      setRunning(true)
      setProblem(undefined)
      const result = await client.mutation(document, variables).toPromise()
      setRunning(false)
      if (result.data && !result.error) return { data: result.data }
      const met = problemOf(result.error) ?? noAnswer
      setProblem(met)
      return { problem: met }
    },
    [client, document],
  )
  const forget = useCallback(() => setProblem(undefined), [])
  return { run, isRunning, problem, forget }
}
