import { expect, it } from 'vitest'
import { effectsOf, statesToSet } from './followers.ts'

const steps = [
  { name: 'check', state: 'LOW_DISK', dependencies: [] },
  { name: 'cleanUp', state: 'DONE', dependencies: ['check:LOW_DISK'] },
  { name: 'deploy', state: 'PRUNE', dependencies: ['check:DONE'] },
  { name: 'announce', state: 'PRUNE', dependencies: ['deploy'] },
  { name: 'report', state: 'DONE', dependencies: ['check:ANY'] },
]
const told = (name: string, state: string) =>
  effectsOf(steps, name, state).map((effect) => `${effect.name} ${effect.from} → ${effect.to}`)

it('offers the states that other steps wait for', () => {
  expect(statesToSet(steps, 'check')).toContain('LOW_DISK')
  expect(statesToSet(steps, 'deploy')).not.toContain('ANY')
})

it('tells which steps begin again and which are left out, down to the last', () => {
  expect(told('check', 'DONE')).toEqual([
    'cleanUp DONE → PRUNE',
    'deploy PRUNE → TODO',
    'announce PRUNE → TODO',
  ])
  expect(told('check', 'TODO')).toEqual([
    'cleanUp DONE → TODO',
    'deploy PRUNE → TODO',
    'announce PRUNE → TODO',
    'report DONE → TODO',
  ])
})

it('lets steps wait behind a failed one rather than leaving them out', () => {
  expect(told('check', 'FATAL_ERROR')).toEqual(told('check', 'TODO'))
})

it('asks all that a step waits for, not only what has changed', () => {
  const both = [
    { name: 'a', state: 'PRUNE', dependencies: [] },
    { name: 'b', state: 'PRUNE', dependencies: [] },
    { name: 'c', state: 'PRUNE', dependencies: ['a', 'b'] },
  ]
  expect(effectsOf(both, 'a', 'DONE')).toEqual([])
})

it('has nothing to tell when nobody waits for the step', () => {
  expect(told('report', 'TODO')).toEqual([])
})
