import { describe, expect, it } from 'vitest'
import {
  parseSearch,
  printSearch,
  readSignInSearch,
  readTaskListSearch,
  readTaskPageSearch,
} from './search.ts'

describe('the filter of the task list in the address', () => {
  it('survives the way into the address and back', () => {
    const search = {
      state: ['running', 'paused'],
      result: ['error'],
      text: 'db1, "north" & co',
      mine: true,
      after: 'x=',
    } as const
    expect(readTaskListSearch(parseSearch(printSearch({ ...search })))).toEqual({
      ...search,
      template: undefined,
      before: undefined,
    })
  })

  it('stays readable', () => {
    expect(printSearch({ state: ['running', 'paused'], mine: true, text: undefined })).toBe(
      '?state=running,paused&mine=true',
    )
    expect(printSearch({})).toBe('')
  })

  it('drops what it does not know, so that an old link still opens', () => {
    expect(readTaskListSearch({ state: 'running,flying', result: 'blue', mine: 'no' })).toEqual({
      state: ['running'],
    })
  })
})

it('keeps tab and step of a task page', () => {
  expect(readTaskPageSearch(parseSearch('?tab=errors&step=0'))).toEqual({ tab: 'errors', step: 0 })
  expect(readTaskPageSearch({ tab: 'nowhere', step: '-1' })).toEqual({})
  expect(readTaskPageSearch({ step: '' })).toEqual({})
})

it('never leads to another site after signing in', () => {
  expect(readSignInSearch({ next: '/tasks?state=paused' }).next).toBe('/tasks?state=paused')
  for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', 'tasks']) {
    expect(readSignInSearch({ next }).next).toBeUndefined()
  }
})
