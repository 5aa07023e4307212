import { taskResults, taskStates } from '@stint/schema/words'
import { expect, it } from 'vitest'
import { exitCodes, exitCodeWords, isSettled, outcomeCode } from './exit.ts'
import { enumOf } from './terminal/text.ts'

it.each([
  ['STOPPED', 'SUCCESS', null, 0],
  ['STOPPED', 'ERROR', 'REPORT_LOST', 1],
  ['STOPPED', 'WARNING', null, 3],
  ['STOPPED', 'CANCELLED', 'REJECTED', 4],
  ['PAUSED', 'PENDING', 'STEP_FAILED', 5],
  ['PENDING', 'PENDING', 'APPROVAL', 5],
  ['RUNNING', 'PENDING', 'WAITING_INPUT', 5],
  ['PENDING', 'PENDING', 'QUEUED', 7],
  ['SCHEDULED', 'PENDING', 'START_AT', 7],
  ['RUNNING', 'PENDING', null, 7],
])('a task that is %s %s %s ends the command with %i', (state, result, reason, code) => {
  expect(outcomeCode({ state, result, reason })).toBe(code)
})

it('every state and result has its code, and every code its words', () => {
  for (const result of taskResults.filter((each) => each !== 'pending')) {
    expect(outcomeCode({ state: 'STOPPED', result: enumOf(result), reason: null })).not.toBe(
      exitCodes.stillRunning,
    )
  }
  const settled = taskStates.filter((state) =>
    isSettled({ state: enumOf(state), result: 'PENDING', reason: null }),
  )
  expect(settled).toEqual(['paused', 'stopped'])
  expect(Object.keys(exitCodeWords).map(Number)).toEqual(Object.values(exitCodes))
})
