import { expect, it } from 'vitest'
import { findPlaces, pagePlaces, taskPlaces, templatePlaces } from './places.ts'

const titles = (text: string) =>
  findPlaces(
    [
      ...pagePlaces(['task.view', 'template.view']),
      ...templatePlaces([{ id: '1', name: 'new-member', canRun: true }]),
    ],
    text,
  ).map((place) => place.title)

it('finds by any part, and puts first what begins with it', () => {
  expect(titles('run mem')).toEqual(['Run new-member'])
  expect(titles('t')[0]).toMatch(/^[Tt]/)
  expect(titles('nothing like it')).toEqual([])
})

it('offers only pages that the person may open', () => {
  expect(titles('')).toContain('Tasks')
  expect(titles('audit')).toEqual([])
  expect(titles('users')).toEqual([])
})

it('offers no run of a template that cannot be run', () => {
  expect(templatePlaces([{ id: '1', name: 'x', canRun: false }]).map((place) => place.title)).toEqual(['x'])
})

it('leads to the page of a task', () => {
  expect(taskPlaces([{ uuid: 'u1', title: 'A' }])[0]?.link).toMatchObject({ params: { taskId: 'u1' } })
})
