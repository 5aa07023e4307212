import { describe, expect, test } from 'vitest'
import { catalogue, defaultSettings, isSettingName, settingNames, whatIsWrong } from './model.ts'

test('every default is a value its own rule allows, and every setting says what it is for', () => {
  for (const name of settingNames) {
    expect(whatIsWrong(catalogue[name], defaultSettings[name]), name).toBeUndefined()
    expect(catalogue[name].description).toMatch(/^[A-Z].{20,}\.$/)
    expect(name).toMatch(/^[a-z][a-z_]+$/)
  }
})

test('no task is deleted until somebody says so', () => {
  expect(defaultSettings.keep_tasks_for).toBe('forever')
})

test('what could let others in is off until somebody switches it on', () => {
  expect(defaultSettings).toMatchObject({
    metrics_from_loopback: false,
    outbound_allow: [],
  })
  expect(defaultSettings.basic_auth).not.toBe('on')
})

describe('values', () => {
  test.each<[keyof typeof catalogue, unknown, string]>([
    ['metrics_from_loopback', 'true', 'must be true or false'],
    ['metrics_from_loopback', null, 'must be true or false'],
    ['max_running_actions', 0, 'must be a whole number from 1 to 10000'],
    ['max_running_actions', 1.5, 'must be a whole number from 1 to 10000'],
    ['max_running_actions', '20', 'must be a whole number from 1 to 10000'],
    ['max_running_actions', Number.NaN, 'must be a whole number from 1 to 10000'],
    ['basic_auth', 'yes', 'must be one of off, loopback, on'],
    ['basic_auth', ['on'], 'must be one of off, loopback, on'],
    ['keep_tasks_for', 30, 'must be a duration such as 720h or 30d, or forever'],
    ['keep_tasks_for', '30', 'must be a duration such as 720h or 30d, or forever'],
    ['keep_tasks_for', '0', 'must be from 1m to 36525d, or forever'],
    ['keep_tasks_for', '59s', 'must be from 1m to 36525d, or forever'],
    ['keep_tasks_for', '36526d', 'must be from 1m to 36525d, or forever'],
    ['outbound_allow', 'db.example', 'must be a list'],
    ['outbound_allow', [7], 'has an entry that cannot be used'],
    ['outbound_allow', ['db.example', 'http://'], 'has an entry that cannot be used'],
    ['outbound_allow', Array(1001).fill('db.example'), 'may have at most 1000 entries'],
  ])('%s refuses %j', (name, value, message) => {
    expect(whatIsWrong(catalogue[name], value)).toContain(message)
  })

  test.each<[keyof typeof catalogue, unknown]>([
    ['metrics_from_loopback', true],
    ['max_running_actions', 10_000],
    ['basic_auth', 'off'],
    ['keep_tasks_for', 'forever'],
    ['keep_tasks_for', '720h'],
    ['keep_deliveries_for', '7d12h'],
    ['outbound_allow', ['db.example', '*.lab.example', '10.0.0.0/8', 'http://10.1.1.1:8080', '::1']],
  ])('%s takes %j', (name, value) => {
    expect(whatIsWrong(catalogue[name], value)).toBeUndefined()
  })
})

test.each(['toString', '__proto__', 'constructor', ''])('%j is no setting', (name) => {
  expect(isSettingName(name)).toBe(false)
})
