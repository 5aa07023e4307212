import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../base/ids.ts'
import type { Engine } from '../../engine/engine.ts'
import { type TestDatabase, testDatabase } from '../../testing/database.ts'
import { chain, testEngine, testStep, testTask, testTemplate } from '../../testing/engine.ts'
import { actorOf } from '../../testing/world.ts'
import { changeSetting } from '../settings/change.ts'
import { demandTask } from './command.ts'
import { readConsole } from './console.ts'
import { drainExecutor, readEngineFigures, recentExecutors } from './executors.ts'

let database: TestDatabase
let engine: Engine
let stop: () => Promise<void>
const admin = actorOf('root', ['admin'])
const operator = actorOf('op', ['operator'])
const viewer = actorOf('viewer', ['viewer'])

beforeAll(async () => {
  database = await testDatabase()
  const started = await testEngine(database)
  engine = started.engine
  stop = started.stop
})
afterAll(() => stop())

const parts = () => ({ app: database.app, engine })
const set = (name: string, value: boolean) =>
  changeSetting(database.app, { userId: admin.userId, name: 'root' }, name, value)

describe('the console of a task', () => {
  it('shows its rows as they stand, and nothing that is sealed', async () => {
    const nap = testStep('nap', { action: { type: 'wait', configuration: { for: '1h' } } })
    const template = testTemplate([
      nap,
      testStep('next', { dependencies: [{ step: 'nap', states: ['DONE'] }] }),
    ])
    const { id } = await engine.createTask(testTask(template, { input: { secret: 'sesame' } }))
    await expect.poll(async () => (await demandTask(database.app, admin, id)).reason).toBe('waiting-until')
    await database.sql`insert into signal (task_id, kind, actor, payload) values (${id}, 'pause', 'ann', 'sealed')`
    const found = await readConsole(parts(), admin, await demandTask(database.app, admin, id))
    expect(found?.task).toMatchObject({ id, state: 'running', reason: 'waiting-until', executor_id: null })
    expect(found?.steps).toMatchObject([
      { no: 0, name: 'nap', state: 'WAITING' },
      { no: 1, state: 'TODO' },
    ])
    expect(found?.timers).toMatchObject([{ step_no: 0, kind: 'wait' }])
    expect(found?.signals).toMatchObject([{ kind: 'pause', actor: 'ann', has_payload: true }])
    expect(found?.plan).toMatch(/0 {2}nap .* wait\n.*1 {2}next .*after nap:DONE/)
    expect(JSON.stringify(found)).not.toMatch(/sesame|sealed|"payload"/)
  })

  it('is for administrators, unless the settings let others in', async () => {
    const { id } = await engine.createTask(testTask(testTemplate(chain(['a']))))
    const task = await demandTask(database.app, admin, id)
    const sees = async () =>
      (await Promise.all([admin, operator, viewer].map((actor) => readConsole(parts(), actor, task)))).map(
        Boolean,
      )
    expect(await sees()).toEqual([true, false, false])
    await set('console_require_admin', false)
    expect(await sees()).toEqual([true, true, false])
    await set('enable_console', false)
    expect(await sees()).toEqual([false, false, false])
    expect(await readConsole(parts(), undefined, task)).toBeUndefined()
  })
})

describe('executors', () => {
  const mine = async () =>
    (await recentExecutors(database.app, viewer)).find(({ id }) => id === engine.executor.executorId)

  it('tell of themselves with each heartbeat', async () => {
    await expect.poll(async () => (await mine())?.isLeader, { timeout: 15_000 }).toBe(true)
    expect(await mine()).toMatchObject({ state: 'alive', running: 0, takeovers: 0 })
    expect((await readEngineFigures(database.app, viewer)).leaderId).toBe(engine.executor.executorId)
  })

  it('tell by how much the counts of tasks were wrong that they repaired', async () => {
    engine.counts.repaired += 3
    await expect
      .poll(async () => (await readEngineFigures(database.app, viewer)).countsRepaired, { timeout: 15_000 })
      .toBe(3)
  })

  it('that died are counted, whoever took over from them', async () => {
    await database.sql`
      insert into executor (id, host, boot_id, pid, pid_started_at, installation, version, role, capacity, state)
      select ${newId()}, host, boot_id, pid, pid_started_at, installation, version, role, capacity, 'dead'
      from executor where id = ${engine.executor.executorId}`
    expect((await readEngineFigures(database.app, viewer)).takeovers).toBe(1)
  })

  it('that are drained finish what they have and take nothing new, until they are told to', async () => {
    const id = engine.executor.executorId
    await expect(drainExecutor(parts(), operator, id, true)).rejects.toMatchObject({ code: 'forbidden' })
    expect(await drainExecutor(parts(), admin, id, true)).toMatchObject({ state: 'draining' })
    await expect.poll(() => engine.executor.isDraining, { timeout: 10_000 }).toBe(true)
    const { id: taskId } = await engine.createTask(testTask(testTemplate(chain(['a']))))
    // Nobody takes it: the only executor is at rest.
    await expect
      .poll(async () => (await readEngineFigures(database.app, viewer)).waiting, { timeout: 10_000 })
      .toBe(1)
    expect((await demandTask(database.app, admin, taskId)).state).toBe('pending')
    expect((await engine.whyNotRunning(taskId))?.code).toBe('no-executor')
    await drainExecutor(parts(), admin, id, false)
    expect(await engine.waitForStop(taskId, 20)).toBe(true)
    const audit = await database.sql`select action from audit where subject_id = ${id} order by id`
    expect(audit.map(({ action }) => action)).toEqual(['executor.drain', 'executor.resume'])
  })

  it('that are over cannot be drained', async () => {
    await expect(drainExecutor(parts(), admin, admin.userId, true)).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})
