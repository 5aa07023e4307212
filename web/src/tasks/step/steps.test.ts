import { expect, it } from 'vitest'
import { findSteps, type StepOfList, stepToWatch, stepTree } from './steps.ts'

const step = (no: number, change: Partial<StepOfList> = {}) =>
  ({
    no,
    name: `step${no}`,
    action: 'echo',
    state: 'DONE',
    parentNo: null,
    startedAt: '2026-01-01T00:00:00Z',
    ...change,
  }) as StepOfList

it('puts the items of a loop below it, in order', () => {
  const tree = stepTree([
    step(0),
    step(1),
    step(2, { parentNo: 0 }),
    step(3, { parentNo: 0 }),
    step(4, { parentNo: 2 }),
  ])
  expect(tree.map((node) => `${'-'.repeat(node.depth)}${node.step.no}`)).toEqual([
    '0',
    '-2',
    '--4',
    '-3',
    '1',
  ])
})

it('shows a step whose parent is not loaded, rather than losing it', () => {
  expect(stepTree([step(7, { parentNo: 3 })])).toHaveLength(1)
})

it('opens the step that matters', () => {
  const steps = [step(0), step(1, { state: 'RUNNING' }), step(2, { state: 'TODO', startedAt: null })]
  expect(stepToWatch(steps)?.no).toBe(1)
  expect(stepToWatch([...steps, step(3, { state: 'SERVER_ERROR' })])?.no).toBe(3)
  expect(stepToWatch([step(0), step(1), step(2, { state: 'TODO', startedAt: null })])?.no).toBe(1)
  expect(stepToWatch([step(0, { state: 'TODO', startedAt: null })])?.no).toBe(0)
  expect(stepToWatch([])).toBeUndefined()
})

it('finds steps by name, action and state', () => {
  const steps = [step(0, { name: 'createVolume' }), step(1, { state: 'CLIENT_ERROR' })]
  expect(findSteps(steps, 'volume').map((one) => one.no)).toEqual([0])
  expect(findSteps(steps, 'client_error').map((one) => one.no)).toEqual([1])
  expect(findSteps(steps, ' ')).toBe(steps)
})
