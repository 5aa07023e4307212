import { readFragment } from 'gql.tada'
import { useState } from 'react'
import { type Client, useClient } from 'urql'
import { graphql } from '../../client/gql.ts'
import { nodesOf } from '../../client/nodes.ts'
import { useSteadily } from '../../client/steady.ts'
import { StepRow } from '../fragments.ts'
import { type LiveTask, stepsVersion } from '../words.ts'
import type { StepOfList } from './steps.ts'

const FurtherSteps = graphql(
  `
    query FurtherSteps($id: ID!, $after: String) {
      task(id: $id) {
        id
        steps(first: 100, after: $after, parentNo: null) {
          edges {
            node {
              taskId
              no
              ...StepRow_step
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  `,
  [StepRow],
)

const everyMs = 1000
const mostPages = 20

/**
 * All steps of a task that its template names; items of loops are asked for with their loop. The first hundred come live with the task; of a longer one the rest behind `cursor` is asked for
 * page by page, and again at most once a second while the task changes.
 */
export function useAllSteps(
  task: LiveTask,
  first: readonly StepOfList[],
  cursor: string | null,
): readonly StepOfList[] {
  const client = useClient()
  const [further, setFurther] = useState<readonly StepOfList[]>([])
  const load = async (from: string) => {
    const steps: StepOfList[] = []
    let after: string | null = from
    for (let page = 0; after && page < mostPages; page += 1) {
      const connection = await furtherSteps(client, task.id, after)
      if (!connection) return
      steps.push(...nodesOf(connection).map((node) => readFragment(StepRow, node)))
      after = connection.pageInfo.hasNextPage ? connection.pageInfo.endCursor : null
    }
    setFurther(steps)
  }
  const run = () => {
    if (cursor) void load(cursor)
  }
  useSteadily(stepsVersion(task), run, { everyMs, pause: cursor === null, runsFirst: true })
  return cursor ? [...first, ...further] : first
}

async function furtherSteps(client: Client, id: string, after: string) {
  const { data } = await client
    .query(FurtherSteps, { id, after }, { requestPolicy: 'network-only' })
    .toPromise()
  return data?.task?.steps
}
