import { expect, it } from 'vitest'
import { boundsText, parseSetting } from './settingValue.ts'

const setting = (type: string, minimum: number | null = null, maximum: number | null = null) => ({
  type,
  minimum,
  maximum,
})

it('takes what fits the type', () => {
  expect(parseSetting(setting('integer', 60, 100), '60')).toEqual({ value: 60 })
  expect(parseSetting(setting('number'), '0.5')).toEqual({ value: 0.5 })
  expect(parseSetting(setting('string'), ' as typed ')).toEqual({ value: ' as typed ' })
  expect(parseSetting(setting('duration'), ' 30d ')).toEqual({ value: '30d' })
  expect(parseSetting(setting('list'), 'a, b,,')).toEqual({ value: ['a', 'b'] })
  expect(parseSetting(setting('list'), '')).toEqual({ value: [] })
})

it('says what is wrong before the server has to', () => {
  expect(parseSetting(setting('integer'), '1.5').problem).toMatch(/whole/)
  expect(parseSetting(setting('integer', 60, 100), '5').problem).toBe('At least 60.')
  expect(parseSetting(setting('integer', 60, 100), '500').problem).toBe('At most 100.')
  expect(parseSetting(setting('number'), '').problem).toMatch(/number/)
  expect(parseSetting(setting('other'), '[').problem).toMatch(/JSON/)
})

it('tells the bounds in words', () => {
  expect(boundsText({ minimum: 60, maximum: 604_800 })).toBe('60 to 604,800')
  expect(boundsText({ minimum: 1, maximum: null })).toBe('at least 1')
  expect(boundsText({ minimum: null, maximum: null })).toBeUndefined()
})
