import { expect, it } from 'vitest'
import type { StepOfList } from '../step/steps.ts'
import { commentOf, lineOf, type TaskEvent, toneOf } from './activity.ts'

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
  expect(lineOf(event({ kind: 'STEP', name: 'DONE', stepNo: 9 }), steps).title).toBe('Step 9 · done')
})

it('tells what an event carries, and leaves out what people cannot read', () => {
  const data = { dueAt: '2026-01-01T00:00:09Z', tryNo: 3, body: { a: 1 }, empty: '' }
  expect(lineOf(event({ kind: 'STEP', data }), steps).details).toBe('next try: 2026-01-01T00:00:09Z · try: 3')
  expect(lineOf(event({ kind: 'REPORT', data: 'odd' }), steps).details).toBe('')
})

it('says state, result and reason of a task once, in one line', () => {
  const stopped = event({ name: 'stopped', data: { result: 'cancelled', reason: 'cancelled' } })
  expect(lineOf(stopped, steps)).toEqual({ title: 'Stopped · cancelled', details: '' })
  const paused = event({ name: 'paused', data: { reason: 'step-failed' } })
  expect(lineOf(paused, steps)).toEqual({ title: 'Paused · step failed', details: '' })
  expect(toneOf(paused)).toBe('paused')
  expect(toneOf(event({ name: 'stopped', data: { result: 'error' } }))).toBe('error')
  expect(toneOf(event({ name: 'result-not-rendered' }))).toBe('idle')
})

it('keeps the words of a comment as they are', () => {
  expect(commentOf(event({ kind: 'COMMENT', data: { text: 'See <b>INC-1</b>' } }))).toBe('See <b>INC-1</b>')
  expect(commentOf(event({}))).toBeUndefined()
})
