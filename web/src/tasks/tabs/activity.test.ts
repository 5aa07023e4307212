import { expect, it } from 'vitest'
import type { StepOfList } from '../step/steps.ts'
import { commentOf, lineOf, type TaskEvent } from './activity.ts'

const event = (change: Partial<TaskEvent>): TaskEvent => ({
  seq: 1,
  at: '2026-01-01T00:00:00.000Z',
  kind: 'TASK',
  name: 'started',
  stepNo: null,
  actor: null,
  data: null,
  ...change,
})
const steps = [{ no: 2, name: 'createVolume' }] as StepOfList[]

it('names the step that an event is about', () => {
  expect(lineOf(event({ kind: 'COMMAND', name: 'retry-step', stepNo: 2 }), steps).title).toBe(
    'Retry step · createVolume',
  )
  expect(lineOf(event({ kind: 'STEP', name: 'TO_RETRY', stepNo: 2 }), steps).title).toBe(
    'createVolume · to retry',
  )
  expect(lineOf(event({ kind: 'STEP', name: 'DONE', stepNo: 9 }), steps).title).toBe('Step · done')
})

it('tells what an event carries, and leaves out what people cannot read', () => {
  expect(
    lineOf(event({ data: { reason: 'by mistake', tryNo: 3, body: { a: 1 }, empty: '' } }), steps).details,
  ).toBe('reason: by mistake · try no: 3')
  expect(lineOf(event({ data: 'odd' }), steps).details).toBe('')
})

it('keeps the words of a comment as they are', () => {
  expect(commentOf(event({ kind: 'COMMENT', data: { text: 'See <b>INC-1</b>' } }))).toBe('See <b>INC-1</b>')
  expect(commentOf(event({}))).toBeUndefined()
})
