import { afterAll, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { holding, lockTalk } from '../testing/locking.ts'
import { holds, toyEngine } from '../testing/toy-engine.ts'

const resourceLimits = new Map([['slot', 1]])
const { database, toys, engine, stop, taskOf } = await toyEngine({ resourceLimits: () => resourceLimits })
afterAll(stop)

const { created, reaches } = lockTalk({ engine, taskOf })

const rated = { limits: [{ resource: 'hourly', capacity: 1, perMs: 3_600_000 }] }
const slotted = (name: string) => testStep(name, { action: holds, resources: ['slot'] })

it('a task that began and waits for a slot of a step is not counted by its rate again, however long that takes', async () => {
  const other = await created(testTask(testTemplate([slotted('other')])))
  const inSlot = await toys.running('other')
  const begun = await created(testTask(testTemplate([slotted('begun')], rated)))
  await reaches(begun, { state: 'pending', reason: 'capacity' })
  await database.sql`update hold set until = now() where task_id = ${begun} and until is not null`
  // The window of its start has passed, and somebody else took the next one.
  const next = await created(holding('next', [], rated))
  await toys.running('next').then((held) => held.finish())
  inSlot.finish()
  ;(await toys.running('begun')).finish()
  for (const id of [other, begun, next]) await reaches(id, { state: 'stopped', result: 'success' })
  expect(await database.sql`select from hold where task_id = ${begun}`).toHaveLength(0)
})
