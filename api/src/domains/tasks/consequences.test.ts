import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../../engine/engine.ts'
import { type TestDatabase, testDatabase } from '../../testing/database.ts'
import { testEngine, testStep, testTask, testTemplate } from '../../testing/engine.ts'
import { actorOf } from '../../testing/world.ts'
import { demandTask } from './command.ts'
import { consequencesOf } from './consequences.ts'

let database: TestDatabase
let engine: Engine
let stop: () => Promise<void>
const admin = actorOf('root', ['admin'])
const stranger = actorOf('ann', ['resolver'])

beforeAll(async () => {
  database = await testDatabase()
  const started = await testEngine(database)
  engine = started.engine
  stop = started.stop
})
afterAll(() => stop())

const nap = { type: 'wait', configuration: { for: '1h' } }
const holding = (title: string, mode: 'exclusive' | 'shared') =>
  testTemplate(
    [
      testStep('nap', { action: nap }),
      testStep('next', { dependencies: [{ step: 'nap', states: ['DONE'] }] }),
    ],
    {
      titleFormat: title,
      locks: [{ resource: 'host/db1', mode, onConflict: 'wait' }] as never,
    },
  )

describe('the consequences of giving a task up', () => {
  it('name what would start at once, who fails with it, and whether it can come back', async () => {
    const { id } = await engine.createTask(testTask(holding('holder', 'exclusive')))
    for (const [title, mode] of [
      ['reader one', 'shared'],
      ['reader two', 'shared'],
      ['writer', 'exclusive'],
    ] as const)
      await engine.createTask(testTask(holding(title, mode)))
    await engine.createTask(
      testTask(testTemplate([testStep('a')], { titleFormat: 'follower' }), { dependsOn: [id] }),
    )
    await expect.poll(async () => (await demandTask(database.app, admin, id)).reason).toBe('waiting-until')
    const task = await demandTask(database.app, admin, id)
    const all = (await consequencesOf(database.app, admin, task, 'force-unlock')).join(' ')
    expect(all).toMatch(/starts at once: “reader one”, “reader two”\./)
    expect(all).toMatch(/are stopped, because it counts as failed: “follower”/)
    expect(all).toMatch(/can be resumed/)
    expect((await consequencesOf(database.app, admin, task, 'cancel')).join(' ')).toMatch(
      /2 steps will not run.*wait for it start: “follower”.*cannot be resumed/,
    )
    // What a person may not see is not named.
    expect((await consequencesOf(database.app, stranger, task, 'force-unlock')).join(' ')).not.toMatch(
      /reader|follower/,
    )
  })
})
