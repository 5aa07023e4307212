import { afterAll, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { toyEngine } from '../testing/toy-engine.ts'

const { engine, stop, taskOf } = await toyEngine()
afterAll(stop)

const nul = '\u0000'
const half = '\ud800'

it('a request with what PostgreSQL cannot hold is stored without it, and the task goes on', async () => {
  const fails = testStep('a', { action: { type: 'flaky', configuration: { kind: 'client' } } })
  const template = testTemplate([fails])
  const { id } = await engine.createTask({ ...testTask(template), tags: { [`b${nul}`]: `c${half}` } })
  expect(await engine.waitForStop(id, 10)).toBe(true)
  expect((await taskOf(id))?.tags).toMatchObject({ 'b\ufffd': 'c\ufffd' })
  const tags = { [`x${nul}y`]: `${half}z`, plain: `a\\u0000${nul}`, back: `\\${nul}` }
  expect(await engine.editRequest(id, 'ann', { tags })).toEqual([])
  await expect
    .poll(async () => (await taskOf(id))?.tags, { timeout: 5_000, interval: 20 })
    .toEqual({ 'x\ufffdy': '\ufffdz', plain: 'a\\u0000\ufffd', back: '\\\ufffd' })
  await engine.comment(id, 'ann', `well${nul}`)
  await engine.command(id, { kind: 'cancel', actor: 'ann' })
  await expect.poll(() => taskOf(id), { timeout: 5_000, interval: 20 }).toMatchObject({ state: 'stopped' })
  expect(engine.executor.forgotten).toBe(0)
})
