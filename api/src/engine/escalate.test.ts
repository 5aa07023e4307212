import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SignalKind } from '@stint/schema/words'
import { afterAll, expect, it } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { testDatabase } from '../testing/database.ts'
import { testEngine, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { runningMembers } from '../testing/process-group.ts'
import { ActionRegistry } from './action.ts'
import { scriptAction } from './actions/script.ts'
import { findSteps } from './store/step.ts'
import { findTasks } from './store/task.ts'

/*
 * A script that does not listen, with children and grandchildren that do not listen either: whatever ends its step ends all of
 * them, first asked, then by force.
 */

const folder = mkdtempSync(join(tmpdir(), 'stint-escalate-'))
writeFileSync(
  join(folder, 'deaf.sh'),
  `#!/bin/sh
trap "" TERM INT HUP
(trap "" TERM; (trap "" TERM; while :; do sleep 0.1; done) & while :; do sleep 0.1; done) &
echo ready
while :; do sleep 0.1; done
`,
)
chmodSync(join(folder, 'deaf.sh'), 0o755)

const database = await testDatabase()
const registry = new ActionRegistry().add(
  // Its own grace is longer than the engine's: what decides is the engine.
  scriptAction({ folders: [folder], clock: systemClock, graceMs: 60_000 }),
)
const { engine, stop } = await testEngine(database, { registry, abortGraceMs: 300 })
afterAll(async () => {
  await stop()
  rmSync(folder, { recursive: true })
})

const send = (id: string, kind: SignalKind) => engine.command(id, { kind, actor: 'ann' })
const stepOf = async (id: string) => (await findSteps(database.sql, [id]))[0]
const stateOf = async (id: string) => {
  const [row] = await findTasks(database.sql, [id])
  return `${row?.state} ${row?.reason ?? row?.result}`
}

/** A task whose script runs, and the process group of it. */
async function deafTask(timeoutMs?: number) {
  const action = { type: 'script', configuration: { file_path: 'deaf.sh', timeout: '10m' } }
  const given = { action, maxRetries: -1, ...(timeoutMs !== undefined && { timeoutMs }) }
  const { id } = await engine.createTask(testTask(testTemplate([testStep('deaf', given)], { retryMax: 0 })))
  await expect.poll(async () => (await stepOf(id))?.processGroup, { timeout: 10_000 }).toBeGreaterThan(0)
  const group = (await stepOf(id))?.processGroup as number
  await expect.poll(() => runningMembers(group).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(3)
  return { id, group }
}

const allGone = (group: number) => expect.poll(() => runningMembers(group), { timeout: 10_000 }).toEqual([])

it.each([
  ['cancel', 'stopped cancelled', 'CANCELLED'],
  ['force-cancel', 'stopped cancelled', 'CANCELLED'],
  ['force-unlock', 'stopped halted', 'CRASHED'],
] as const)('%s ends the whole group', async (verb, wanted, stepState) => {
  const { id, group } = await deafTask()
  await send(id, verb)
  await expect.poll(() => stateOf(id), { timeout: 10_000 }).toBe(wanted)
  await allGone(group)
  expect((await stepOf(id))?.state).toBe(stepState)
})

it('the time-out of a step ends the whole group, also while the task is asked to pause', async () => {
  for (const verb of [undefined, 'pause'] as const) {
    const { id, group } = await deafTask(2000)
    if (verb) await send(id, verb)
    const wanted = verb ? 'paused by-user' : 'paused retries-exhausted'
    await expect.poll(() => stateOf(id), { timeout: 15_000 }).toBe(wanted)
    expect(await stepOf(id)).toMatchObject({ state: 'SERVER_ERROR', errorSummary: 'timed out after 2 s' })
    await allGone(group)
  }
})

it('a pause lets it run, and a cancel of the paused-to-be ends it', async () => {
  const { id, group } = await deafTask()
  await send(id, 'pause')
  expect(await stateOf(id)).toBe('running pending')
  expect(runningMembers(group).length).toBeGreaterThan(0)
  await send(id, 'cancel')
  await expect.poll(() => stateOf(id), { timeout: 10_000 }).toBe('stopped cancelled')
  await allGone(group)
})
