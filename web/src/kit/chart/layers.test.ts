import { expect, it } from 'vitest'
import { edgesOf, layersOf } from './layers.ts'

const step = (name: string, ...after: string[]) => ({
  name,
  dependencies: after.map((one) => ({ step: one })),
})
const places = (...steps: ReturnType<typeof step>[]) =>
  Object.fromEntries(layersOf(steps).map((placed) => [placed.step.name, [placed.column, placed.row]]))

it('puts a step behind everything it waits for, however the file orders them', () => {
  expect(places(step('mail', 'quota', 'user'), step('quota', 'user'), step('user'))).toEqual({
    user: [0, 0],
    quota: [1, 0],
    mail: [2, 0],
  })
})

it('puts steps that may run side by side below each other', () => {
  expect(places(step('a'), step('b', 'a'), step('c', 'a'))).toEqual({ a: [0, 0], b: [1, 0], c: [1, 1] })
})

it('ends on a cycle and on steps that are not there', () => {
  expect(Object.keys(places(step('a', 'b'), step('b', 'a'), step('c', 'nowhere')))).toHaveLength(3)
  expect(edgesOf([step('c', 'nowhere')])).toEqual([])
})

it('is quick on long chains', () => {
  const chain = Array.from({ length: 1000 }, (_, at) => step(`s${at}`, ...(at > 0 ? [`s${at - 1}`] : [])))
  expect(layersOf(chain).at(-1)?.column).toBe(999)
})
