import { afterAll, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { lockTalk, waits } from '../testing/locking.ts'
import { holds, toyEngine } from '../testing/toy-engine.ts'

const { toys, engine, stop, taskOf } = await toyEngine()
afterAll(stop)

const { created, reaches } = lockTalk({ engine, taskOf })

const wanting = (name: string, room: string) =>
  testTask(
    testTemplate([testStep(name, { action: holds })], {
      inputs: [{ name: 'room', type: 'string', optional: false, collection: false, hidden: false }],
      locks: [waits('room/{{.input.room}}')],
    }),
    { input: { room } },
  )

const move = (id: string, room: string) =>
  engine.command(id, { kind: 'edit-request', actor: 'ann', payload: { input: { room }, changed: ['room'] } })

it('a task that waits for a lock and is edited asks for the one that it names now, and runs when that is free', async () => {
  const holder = await created(wanting('holder', 'red'))
  const running = await toys.running('holder')
  const waiting = await created(wanting('waiting', 'red'))
  await reaches(waiting, { state: 'pending', reason: 'lock' })
  await move(waiting, 'blue')
  ;(await toys.running('waiting')).finish()
  await reaches(waiting, { state: 'stopped', result: 'success' })
  running.finish()
  await reaches(holder, { state: 'stopped', result: 'success' })
})

it('edited to another that is held as well it waits there, and gets it', async () => {
  const [red, blue] = [await created(wanting('red', 'red')), await created(wanting('blue', 'blue'))]
  const [inRed, inBlue] = [await toys.running('red'), await toys.running('blue')]
  const waiting = await created(wanting('moved', 'red'))
  await reaches(waiting, { state: 'pending', reason: 'lock' })
  await move(waiting, 'blue')
  await expect
    .poll(async () => (await engine.whyNotRunning(waiting))?.taskId, { timeout: 10_000, interval: 10 })
    .toBe(blue)
  inBlue.finish()
  ;(await toys.running('moved')).finish()
  inRed.finish()
  for (const id of [red, blue, waiting]) await reaches(id, { state: 'stopped', result: 'success' })
})
