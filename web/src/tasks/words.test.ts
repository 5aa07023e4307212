import { taskReasons } from '@stint/schema/words'
import { describe, expect, it } from 'vitest'
import { enumOf } from '../client/words.ts'
import { type LiveTask, progressOf, sentenceOf, statusOf, stepsDone, tabWord } from './words.ts'

const task = (change: Partial<LiveTask>) =>
  ({
    state: 'RUNNING',
    result: 'PENDING',
    reason: null,
    why: null,
    errorSummary: null,
    progress: 0,
    stepsByState: [],
    ...change,
  }) as LiveTask

describe('the state of a task in words', () => {
  it('shows the state while it goes on and the result when it is over', () => {
    expect(statusOf(task({ state: 'PAUSED' }))).toEqual({ tone: 'paused', word: 'Paused' })
    expect(statusOf(task({ state: 'STOPPED', result: 'WARNING' }))).toEqual({
      tone: 'warning',
      word: 'Warning',
    })
  })

  it('tells a running task that waits from one that works', () => {
    expect(statusOf(task({ reason: 'WAITING_UNTIL' })).tone).toBe('waiting')
    expect(statusOf(task({})).tone).toBe('running')
  })

  it('has a sentence for every reason there is', () => {
    for (const reason of taskReasons.filter((one) => one !== 'cancelled')) {
      expect(sentenceOf(task({ reason: enumOf(reason) })), reason).toMatch(/\.$/)
    }
  })

  it('prefers the error to the reason, and the answer of the server to our own words', () => {
    const why = {
      code: 'lock',
      sentence: 'Waits for lock db1, held by X.',
      taskId: null,
      dueAt: null,
      stepNo: null,
    }
    expect(sentenceOf(task({ reason: 'LOCK', why }))).toBe('Waits for lock db1, held by X.')
    expect(sentenceOf(task({ reason: 'STEP_FAILED', why, errorSummary: 'quota exceeded' }))).toBe(
      'quota exceeded',
    )
  })

  it('says what kept a task from being a success', () => {
    const warning = { state: 'STOPPED', result: 'WARNING' } as const
    const skipped = task({ ...warning, stepsByState: [{ state: 'SKIPPED', count: 1 }] })
    expect(sentenceOf(skipped)).toBe('1 step was skipped.')
    const failed = [
      { state: 'SKIPPED', count: 2 },
      { state: 'FATAL_ERROR', count: 1 },
    ]
    expect(sentenceOf(task({ ...warning, stepsByState: failed }))).toBe(
      '2 steps were skipped; 1 step failed, which its template allows.',
    )
  })

  it('never says 100 % in the browser tab before it is done', () => {
    expect(tabWord(task({ progress: 0.999 }))).toBe('Running 99 %')
    expect(tabWord(task({ state: 'STOPPED', result: 'SUCCESS', progress: 1 }))).toBe('Success')
  })
})

describe('how far a task has come', () => {
  const steps = (...counts: [string, number][]) => ({
    stepCount: counts.reduce((sum, [, count]) => sum + count, 0),
    stepsByState: counts.map(([state, count]) => ({ state, count })),
  })

  it('is unknown while a task without steps has not told', () => {
    expect(progressOf(task({ stepCount: 0 }))).toBeUndefined()
    expect(progressOf(task({ stepCount: 0, progress: 0.3 }))).toBe(0.3)
  })

  it('is not full for a task that was cut short', () => {
    const cancelled = task({
      state: 'STOPPED',
      result: 'CANCELLED',
      progress: 1,
      ...steps(['DONE', 1], ['CANCELLED', 3]),
    })
    expect(progressOf(cancelled)).toBe(0.25)
  })

  it('is what was done before a task failed, not what it left out then', () => {
    const failed = task({
      state: 'STOPPED',
      result: 'ERROR',
      progress: 0.25,
      ...steps(['DONE', 1], ['FATAL_ERROR', 1], ['PRUNE', 2]),
    })
    expect(progressOf(failed)).toBe(0.25)
    expect(stepsDone(failed)).toEqual({ done: 1, failed: 1 })
  })

  it('counts a step that failed neither as done nor as open', () => {
    expect(stepsDone(task(steps(['DONE', 2], ['SKIPPED', 1], ['FATAL_ERROR', 1], ['TODO', 4])))).toEqual({
      done: 3,
      failed: 1,
    })
  })
})
