import { expect, it } from 'vitest'
import { countText, isView, searchOfView, views } from './views.ts'

const failed = views.find((view) => view.title === 'Failed')!
const all = views.find((view) => view.title === 'All')!
const counts = [
  { state: 'running', result: 'pending', count: 5, isCapped: false },
  { state: 'stopped', result: 'error', count: 7, isCapped: false },
  { state: 'stopped', result: 'warning', count: 2, isCapped: false },
  { state: 'stopped', result: 'success', count: 10_000, isCapped: true },
] as const

it('counts what the list of the view would show', () => {
  expect(countText(failed, counts)).toBe('9')
  expect(countText(all, counts)).toBe('10,014+')
})

it('knows its own address, in whatever order the words stand', () => {
  expect(isView(failed, { state: ['stopped'], result: ['error', 'warning'], mine: true })).toBe(true)
  expect(isView(failed, { state: ['stopped'] })).toBe(false)
  expect(isView(all, { text: 'db1' })).toBe(true)
})

it('keeps the other filters and forgets the place', () => {
  expect(searchOfView(all, { state: ['paused'], text: 'db1', after: 'x' })).toEqual({ text: 'db1' })
})
