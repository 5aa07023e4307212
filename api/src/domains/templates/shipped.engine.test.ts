import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkInputs } from '@stint/schema/inputs'
import { afterAll, expect, test, vi } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { checkout } from '../../base/config.ts'
import { newId } from '../../base/ids.ts'
import { Outbound } from '../../base/outbound.ts'
import { outboundPolicy } from '../../base/outbound-policy.ts'
import { ActionRegistry } from '../../engine/action.ts'
import { registerBuiltIn } from '../../engine/actions/register.ts'
import { findSteps } from '../../engine/store/step.ts'
import { findTasks } from '../../engine/store/task.ts'
import { testDatabase } from '../../testing/database.ts'
import { testEngine, testTask } from '../../testing/engine.ts'
import { templateCheck } from './check.ts'

// The shipped templates on the real engine; shipped.test.ts tries their branches without it.
const folder = join(checkout, 'api/templates')
const database = await testDatabase()
const outbound = new Outbound(() => outboundPolicy([], []))
const options = {
  clock: systemClock,
  outbound,
  scriptFolders: [join(folder, 'scripts')],
  knownHostsFile: '/dev/null',
}
const registry = registerBuiltIn(new ActionRegistry(), options)
const check = templateCheck(registry)
const { engine, stop } = await testEngine(database, { registry })
afterAll(stop)

async function start(name: string, given: Record<string, unknown> = {}): Promise<string> {
  const { template } = await check(readFileSync(join(folder, `${name}.yaml`), 'utf8'))
  if (template === undefined) throw new Error(`${name} is faulty`)
  const input = checkInputs(template.inputs, given).values
  const { id } = await engine.createTask(testTask(template, { input, idempotencyKey: newId() }))
  return id
}

const taskOf = async (id: string) => (await findTasks(database.sql, [id]))[0]
const statesOf = async (id: string) =>
  Object.fromEntries((await findSteps(database.sql, [id])).map((step) => [step.name, step.state]))

/** A command is durable when it is answered; on a busy machine what it does comes a little later. */
const goneOn = (id: string) =>
  expect.poll(async () => (await taskOf(id))?.state, { timeout: 30_000 }).toBe('stopped')

test('a new member: one planned failure pauses the task, resuming it finishes the rest', async () => {
  const id = await start('new-member')
  await engine.waitForStop(id, 15)
  expect(await taskOf(id)).toMatchObject({
    title: 'New member ada in compute',
    state: 'paused',
    reason: 'step-failed',
    errorSummary: expect.stringContaining('no photo of ada yet'),
    tags: { team: 'compute' },
  })
  expect(await statesOf(id)).toMatchObject({
    findAccount: 'NOT_FOUND',
    createMailbox: 'DONE',
    grantRepository: 'DONE',
    orderBadge: 'CLIENT_ERROR',
    welcome: 'TODO',
  })
  await engine.command(id, { kind: 'resume', actor: 'ann' })
  await goneOn(id)
  expect(await taskOf(id)).toMatchObject({ state: 'stopped', result: 'success' })
  const tries = Object.fromEntries(
    (await findSteps(database.sql, [id])).map((step) => [step.name, step.attemptNo]),
  )
  expect(tries).toMatchObject({ createMailbox: 1, orderBadge: 2, welcome: 1 })
})

test('a new member without a badge: the failing step is skipped', async () => {
  const id = await start('new-member', { mode: 'dry' })
  await engine.waitForStop(id, 15)
  const no = (await findSteps(database.sql, [id])).find((step) => step.name === 'orderBadge')?.no
  await engine.command(id, { kind: 'skip-step', stepNo: no, actor: 'ann' })
  if ((await taskOf(id))?.state === 'paused') await engine.command(id, { kind: 'resume', actor: 'ann' })
  await goneOn(id)
  expect(await taskOf(id)).toMatchObject({ state: 'stopped', result: 'warning' })
  expect(await statesOf(id)).toMatchObject({ orderBadge: 'SKIPPED', welcome: 'DONE' })
})

test('break something: the unsteady branch would be tried again, the risky one waits for a person', async () => {
  const id = await start('break-something')
  const stepOf = async (name: string) =>
    (await findSteps(database.sql, [id])).find((step) => step.name === name)
  await vi.waitFor(async () => expect((await stepOf('riskyChange'))?.state).toBe('CLIENT_ERROR'), 10_000)
  await vi.waitFor(async () => expect((await stepOf('steady'))?.state).toBe('DONE'), 10_000)
  expect(await stepOf('unsteady')).toMatchObject({ state: 'SERVER_ERROR', dueAt: expect.any(Date) })
  expect(await stepOf('riskyChange')).toMatchObject({
    errorSummary: expect.stringContaining('quota exceeded'),
    dueAt: null,
  })
  // A person is quicker than the ten seconds of the back-off.
  for (const name of ['unsteady', 'riskyChange']) {
    await engine.command(id, { kind: 'retry-step', stepNo: (await stepOf(name))?.no, actor: 'ann' })
  }
  await engine.waitForStop(id, 15)
  expect(await taskOf(id)).toMatchObject({ state: 'stopped', result: 'success' })
  expect([(await stepOf('unsteady'))?.attemptNo, (await stepOf('riskyChange'))?.attemptNo]).toEqual([2, 2])
})
