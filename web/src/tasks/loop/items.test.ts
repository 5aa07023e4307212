import { expect, it } from 'vitest'
import { groupsOf, itemText, loopStatus, overText } from './items.ts'

const counts = [
  { state: 'DONE', count: 80 },
  { state: 'NO_CHANGE', count: 3 },
  { state: 'FATAL_ERROR', count: 1 },
  { state: 'TODO', count: 12 },
  { state: 'RUNNING', count: 2 },
  { state: 'TO_RETRY', count: 2 },
]

it('reads like a bar of progress, and counts states of a template as done', () => {
  expect(groupsOf(counts).map(({ word, count }) => `${word} ${count}`)).toEqual([
    'Done 83',
    'Failed 1',
    'Running 2',
    'Waiting 2',
    'To do 12',
  ])
  expect(groupsOf(counts).find(({ word }) => word === 'Done')?.states).toEqual(['DONE', 'NO_CHANGE'])
})

it('asks for items that are tried again by the state their try ended with, too', () => {
  expect(groupsOf(counts).find(({ word }) => word === 'Waiting')?.states).toContain('SERVER_ERROR')
})

it('counts a failed item as over, one that is tried again as open', () => {
  expect(overText(counts)).toBe('84/100')
})

it('shows a loop as its items are, while it goes on', () => {
  const loop = (...itemStates: { state: string; count: number }[]) =>
    loopStatus({ state: 'EXPANDED', itemStates }).tone
  expect(loop({ state: 'RUNNING', count: 1 }, { state: 'CLIENT_ERROR', count: 1 })).toBe('running')
  expect(loop({ state: 'DONE', count: 9 }, { state: 'CLIENT_ERROR', count: 1 })).toBe('error')
  expect(loop({ state: 'TO_RETRY', count: 1 })).toBe('waiting')
  expect(loopStatus({ state: 'DONE', itemStates: counts }).tone).toBe('success')
})

it('shows an item in one line', () => {
  expect(itemText('db1')).toBe('db1')
  expect(itemText({ host: 'db1' })).toBe('{"host":"db1"}')
  expect(itemText(0)).toBe('0')
})
