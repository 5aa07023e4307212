import { afterAll, describe, expect, it } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { chain, testEngine, testTask, testTemplate } from '../testing/engine.ts'
import { findSteps } from './store/step.ts'
import { findTasks } from './store/task.ts'

const database = await testDatabase()
const { engine, stop } = await testEngine(database)
afterAll(stop)

describe('a chain of steps', () => {
  it('runs to success, each step once, in order', async () => {
    const names = ['a', 'b', 'c', 'd']
    const { id } = await engine.createTask(testTask(testTemplate(chain(names))))
    expect(await engine.waitForStop(id, 5)).toBe(true)
    const [task] = await findTasks(database.sql, [id])
    expect(task).toMatchObject({ state: 'stopped', result: 'success', progress: 1, executorId: null })
    const steps = await findSteps(database.sql, [id])
    expect(steps.map((s) => [s.name, s.state, s.tryCount, s.attemptNo])).toEqual(
      names.map((name) => [name, 'DONE', 1, 1]),
    )
  })
})
