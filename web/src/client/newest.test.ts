import type { Operation } from 'urql'
import { expect, it } from 'vitest'
import { NewestTasks } from './newest.ts'

const operation = (kind: 'query' | 'mutation' | 'subscription') => ({ kind, key: 1 }) as Operation
const task = (lastSeq: number, state: string) => ({ __typename: 'Task', id: 'T1', lastSeq, state })

it('an answer that was read before what the socket told does not set a task back', () => {
  const newest = new NewestTasks(() => {})
  const told = { taskChanged: task(4, 'PAUSED') }
  expect(newest.keep({ operation: operation('subscription'), data: told })).toEqual(told)
  const late = { pauseTask: { __typename: 'Payload', task: task(3, 'RUNNING') } }
  expect(newest.keep({ operation: operation('mutation'), data: late })).toEqual({
    pauseTask: { __typename: 'Payload', task: { __typename: 'Task', id: 'T1' } },
  })
})

it('the same and newer ones pass, and other tasks are other tasks', () => {
  const newest = new NewestTasks(() => {})
  newest.keep({ operation: operation('subscription'), data: { t: task(4, 'PAUSED') } })
  for (const data of [
    { t: task(4, 'PAUSED') },
    { t: task(5, 'RUNNING') },
    { t: { ...task(1, 'RUNNING'), id: 'T2' } },
  ]) {
    expect(newest.keep({ operation: operation('mutation'), data })).toEqual(data)
  }
})

it('a query keeps its data and is asked again', () => {
  const asked: Operation[] = []
  const newest = new NewestTasks((each) => asked.push(each))
  newest.keep({ operation: operation('subscription'), data: { t: task(4, 'PAUSED') } })
  const data = { tasks: { nodes: [task(2, 'RUNNING')] } }
  expect(newest.keep({ operation: operation('query'), data })).toEqual(data)
  expect(asked).toHaveLength(1)
})
