import { afterAll, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { toyEngine } from '../testing/toy-engine.ts'

const region = 'São Paulo #1'
const { engine, stop, taskOf } = await toyEngine({ region })
afterAll(stop)

it('a region of any name keeps nobody else waiting', async () => {
  const template = testTemplate([testStep('a')])
  const startAt = new Date(Date.now() + 1200)
  const elsewhere = await engine.createTask({ ...testTask(template), region: 'a b\n', startAt })
  const here = await engine.createTask({ ...testTask(template), region, startAt })
  const anywhere = await engine.createTask({ ...testTask(template), startAt })
  for (const { id } of [here, anywhere])
    await expect
      .poll(() => taskOf(id), { timeout: 10_000, interval: 20 })
      .toMatchObject({ state: 'stopped', result: 'success' })
  const now = await engine.createTask({ ...testTask(template), region: '../x y' })
  expect(await taskOf(now.id)).toMatchObject({ state: 'pending', reason: 'queued' })
  expect((await taskOf(elsewhere.id))?.executorId).toBeNull()
})
