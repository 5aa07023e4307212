import { afterAll, expect, it } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { createLog } from '../base/log.ts'
import type { Sql } from '../postgres/connect.ts'
import { channels, Listener } from '../postgres/listen.ts'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { holds, toyEngine } from '../testing/toy-engine.ts'
import { TaskNews } from './task-news.ts'

const { database, toys, engine, stop } = await toyEngine()
const listener = new Listener({
  target: database.target,
  log: createLog({ level: 'silent', format: 'json' }),
})
await listener.start()
afterAll(async () => {
  await listener.stop()
  await stop()
})

it('a task that stops while its row is being read is heard of', async () => {
  const { id } = await engine.createTask(testTask(testTemplate([testStep('a', { action: holds })])))
  const step = await toys.running('a')
  let reads = 0
  const slow = async (...args: Parameters<Sql>) => {
    const rows = await (database.sql as unknown as (...all: unknown[]) => Promise<unknown[]>)(...args)
    if (reads++ > 0) return rows
    // The row says running; the end of the task, and the news of it, overtake the answer.
    const told = new Promise<void>((resolve) => {
      const unlisten = listener.on(channels.tasks, () => {
        unlisten()
        resolve()
      })
    })
    step.finish()
    await told
    expect(await engine.waitForStop(id, 20)).toBe(true)
    return rows
  }
  // Parts of statements are asked for in the same way, and must not be waited for.
  const reading = ((...args: Parameters<Sql>) =>
    String((args[0] as unknown as string[])[0]).includes('findTasks')
      ? slow(...args)
      : database.sql(...args)) as unknown as Sql
  const beganAt = performance.now()
  expect(await new TaskNews({ sql: reading, clock: systemClock, listener }).untilRest(id, 60)).toBe(true)
  expect(performance.now() - beganAt).toBeLessThan(30_000)
  expect(reads).toBe(2)
})
