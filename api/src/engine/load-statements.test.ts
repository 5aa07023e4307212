import { afterAll, expect, it } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { testEngine, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { notingStatements } from '../testing/statements.ts'
import { ToyActions } from '../testing/toy-actions.ts'
import { holds, toyRegistry } from '../testing/toy-engine.ts'
import { findTasks } from './store/task.ts'

const database = await testDatabase()
const toys = new ToyActions()
const { sql, statements } = notingStatements(database.sql)
const { engine, stop } = await testEngine(database, { sql, registry: toyRegistry(toys) })
afterAll(stop)

it('tasks that waited for the same one are taken up together, whatever their number', async () => {
  const first = await engine.createTask(testTask(testTemplate([testStep('first', { action: holds })])))
  const running = await toys.running('first')
  const ids: string[] = []
  for (let i = 0; i < 30; i++) {
    const follower = { ...testTask(testTemplate([testStep('a')])), dependsOn: [first.id] }
    ids.push((await engine.createTask(follower)).id)
  }
  statements.length = 0
  running.finish()
  const states = async () => new Set((await findTasks(database.sql, ids)).map(({ state }) => state))
  await expect.poll(states, { timeout: 10_000, interval: 20 }).toEqual(new Set(['stopped']))
  expect(statements.filter((name) => /^findDependencies/.test(name)).length).toBeLessThan(5)
})
