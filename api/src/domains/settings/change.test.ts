import { expect, test } from 'vitest'
import { connect } from '../../postgres/connect.ts'
import { Listener } from '../../postgres/listen.ts'
import { testClock } from '../../testing/clock.ts'
import { testDatabase } from '../../testing/database.ts'
import type { Author } from '../audit/model.ts'
import { listAudit } from '../audit/store.ts'
import { changeSetting } from './change.ts'
import { settingNames } from './model.ts'
import { forgetSettings, readSettings, settingsInForce } from './read.ts'
import { watchSettings } from './watch.ts'

const { app: base, sql, target } = await testDatabase()
const clock = testClock()
const app = { ...base, clock }
const ann: Author = { userId: '019aa000-0000-7000-8000-000000000001', name: 'ann' }

test('a fresh installation runs on the defaults', async () => {
  const all = await settingsInForce(app)
  expect(all.map((setting) => setting.name)).toEqual(settingNames)
  for (const setting of all) {
    expect(setting).toMatchObject({ value: setting.definition.default, updatedBy: undefined })
  }
})

test('a change counts at once, names its author and is on the record with both values', async () => {
  await changeSetting(app, ann, 'max_running_actions', 50)
  await changeSetting(app, ann, 'max_running_actions', 60)
  expect((await readSettings(app)).max_running_actions).toBe(60)
  const setting = (await settingsInForce(app)).find((each) => each.name === 'max_running_actions')
  expect(setting).toMatchObject({ value: 60, updatedBy: 'ann', updatedAt: clock.now() })
  const entries = await listAudit(sql, { subjectType: 'setting', subjectId: 'max_running_actions' }, null, 10)
  expect(entries.map((entry) => entry.details)).toEqual([
    { from: 50, to: 60 },
    { from: 200, to: 50 },
  ])
})

test('every type of value comes back as it went in', async () => {
  await changeSetting(app, ann, 'basic_auth', 'off')
  await changeSetting(app, ann, 'metrics_from_loopback', true)
  await changeSetting(app, ann, 'outbound_allow', ['*.lab.example', '10.0.0.0/8'])
  expect(await readSettings(app)).toMatchObject({
    basic_auth: 'off',
    metrics_from_loopback: true,
    outbound_allow: ['*.lab.example', '10.0.0.0/8'],
  })
})

test('the value it has already is no change and no entry', async () => {
  await changeSetting(app, ann, 'report_timeout_hours', 24)
  expect(await listAudit(sql, { subjectId: 'report_timeout_hours' }, null, 10)).toEqual([])
})

test.each([
  ['session_idle_minutes', 1],
  ['session_idle_minutes', null],
  ['no_such_setting', 1],
  ['__proto__', 1],
])('%s = %j is refused and nothing is written', async (name, value) => {
  await expect(changeSetting(app, ann, name, value)).rejects.toMatchObject({
    code: 'setting-invalid',
    details: { name },
  })
  expect(await listAudit(sql, { subjectId: name }, null, 10)).toEqual([])
})

test('another process hears of a change', async () => {
  const other = { ...app, sql: connect(target, { max: 1 }) }
  const listener = new Listener({ target, log: base.log })
  const heard = Promise.withResolvers<void>()
  watchSettings(other, listener, () => heard.resolve())
  await listener.start()
  expect((await readSettings(other)).sign_in_code_minutes).toBe(10)
  await changeSetting(app, ann, 'sign_in_code_minutes', 5)
  await heard.promise
  expect((await readSettings(other)).sign_in_code_minutes).toBe(5)
  await listener.stop()
  await other.sql.end()
})

test('a lost announcement is missed for ten seconds at most', async () => {
  expect((await readSettings(app)).api_token_max_days).toBe(365)
  await sql`insert into setting (name, value, updated_by) values ('api_token_max_days', '50', 'elsewhere')`
  expect((await readSettings(app)).api_token_max_days).toBe(365)
  clock.advance(10_001)
  expect((await readSettings(app)).api_token_max_days).toBe(50)
})

test('a stored value that this release does not allow gives way to the default', async () => {
  await sql`insert into setting (name, value, updated_by) values ('session_max_hours', '"long"', 'elsewhere')`
  await sql`insert into setting (name, value, updated_by) values ('of_a_newer_release', '1', 'elsewhere')`
  forgetSettings(app)
  const settings = await readSettings(app)
  expect(settings.session_max_hours).toBe(168)
  expect(settings).not.toHaveProperty('of_a_newer_release')
})
