import { expect, it } from 'vitest'
import type { LiveTask } from '../words.ts'
import { pauseAlone } from './pausing.ts'

const task = (whyNot: string | null = null, state: LiveTask['state'] = 'RUNNING') => ({
  state,
  commands: [{ verb: 'PAUSE' as const, allowed: whyNot === null, whyNot }],
})
const counts = (children: number, openChildren: number) => ({ children, openChildren })
const offered = (...given: [ReturnType<typeof task>, ReturnType<typeof counts> | undefined]) =>
  pauseAlone(given[0], given[1], () => {})

it('only a task with sub-tasks can be paused without them', () => {
  expect(offered(task(), undefined)).toBeUndefined()
  expect(offered(task(), counts(0, 0))).toBeUndefined()
  expect(offered({ state: 'RUNNING', commands: [] }, counts(2, 2))).toBeUndefined()
})

it('says how many go on, or why it cannot be', () => {
  expect(offered(task(), counts(3, 1))).toMatchObject({
    hint: 'Its 1 unfinished sub-task goes on. Pause takes along those that stop with it.',
    whyNot: undefined,
  })
  expect(offered(task(), counts(3, 0))?.whyNot).toBe('All its sub-tasks are over: Pause does the same.')
  expect(offered(task('It is over.'), counts(3, 0))?.whyNot).toBe('It is over.')
})

it('a task that is paused with its parent has its sub-tasks paused already', () => {
  expect(offered(task(null, 'PAUSED'), counts(3, 3))).toBeUndefined()
  expect(offered(task('Not now.', 'PAUSED'), counts(3, 3))?.whyNot).toBe('Not now.')
})
