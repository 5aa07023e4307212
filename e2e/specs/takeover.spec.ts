import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import type { Api } from '../kit/api.ts'
import { openPage, test } from '../kit/fixtures.ts'
import { enter } from '../kit/people.ts'
import { TaskPage } from '../kit/screens/task-page.ts'
import { adminPassword, type Server } from '../kit/server.ts'
import { readSteps, readTask, saveTemplate, startTask, type Task, untilTask } from '../kit/tasks.ts'

const stepCount = 20
const onceOnly = 12
const goesOnMs = 15_000

const stepText = (number: number) => `
  append${number}:
    description: Appends ${number}
    idempotent: ${number !== onceOnly}
    dependencies: [${number > 1 ? `append${number - 1}` : ''}]
    action:
      type: script
      configuration: {file_path: append-number.sh, argv: [${number}], environment: {FOLDER: '{{.input.folder}}'}}`

const numbersTemplate = `name: numbers
description: ${stepCount} steps, each appends its number to a file; number ${onceOnly} must not run twice unasked
title_format: Numbers
auto_runnable: true
allow_all_resolver_usernames: true
inputs:
  - {name: folder, description: Where the file is}
steps:${Array.from({ length: stepCount }, (_, at) => stepText(at + 1)).join('')}
`

/** The file that the steps append to, and the gates at which they can be held. */
class Numbers {
  readonly #folder: string

  constructor(server: Server) {
    this.#folder = server.place.room('numbers')
  }

  async start(api: Api): Promise<Task> {
    await saveTemplate(api, numbersTemplate)
    return startTask(api, 'numbers', { folder: this.#folder })
  }

  /** The step stays running after it has appended. */
  hold(number: number): void {
    writeFileSync(join(this.#folder, `gate-${number}`), '')
  }

  release(number: number): void {
    rmSync(join(this.#folder, `gate-${number}`))
  }

  read(): number[] {
    const file = join(this.#folder, 'numbers')
    if (!existsSync(file)) return []
    return readFileSync(file, 'utf8').trim().split('\n').map(Number)
  }

  async untilWritten(number: number, timeout = 60_000): Promise<void> {
    await expect.poll(() => this.read(), { timeout, intervals: [50] }).toContain(number)
  }
}

/** Every attempt has a number of its own and one outcome, and of all attempts of a step one was the good one. */
async function expectOneOutcomeEach(api: Api, task: Task): Promise<void> {
  const steps = await readSteps(api, task.id)
  expect(steps).toHaveLength(stepCount)
  for (const { name, state, attempts } of steps) {
    expect(state, name).toBe('DONE')
    expect(
      attempts.map(({ no }) => no).sort((a, b) => a - b),
      name,
    ).toEqual(attempts.map((_, at) => at + 1))
    expect(attempts.filter((attempt) => attempt.state === 'DONE').length, name).toBe(1)
    for (const attempt of attempts) expect(['DONE', 'CRASHED'], name).toContain(attempt.state)
  }
}

/** Decides that the interrupted step runs once more: one click. */
async function runAgain(page: Page): Promise<void> {
  const screen = new TaskPage(page)
  await expect(screen.failure).toContainText(`Step append${onceOnly} was interrupted`)
  await screen.runAgain.click()
}

function expectAllWritten(numbers: readonly number[]): void {
  const all = Array.from({ length: stepCount }, (_, at) => at + 1)
  expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual(all)
}

test('kill -9 in the middle: the restart goes on, asks about the step that must not run twice, and one click finishes it', async ({
  browser,
  installation,
}) => {
  const server = await installation()
  const { api, ...admin } = await enter(server.origin, 'admin', adminPassword)
  const numbers = new Numbers(server)
  numbers.hold(5)
  numbers.hold(onceOnly)
  const task = await numbers.start(api)
  const page = await openPage(browser, server.origin, { ...admin, api })
  const screen = await new TaskPage(page).open(task)
  await numbers.untilWritten(5)
  await screen.expectStep('append5', 'Running')

  await server.kill()
  numbers.release(5)
  const firstRestart = performance.now()
  await server.start()
  await numbers.untilWritten(6, goesOnMs)
  expect(performance.now() - firstRestart).toBeLessThan(goesOnMs)
  await numbers.untilWritten(onceOnly)
  // The page has found the server again by itself.
  await screen.expectStep(`append${onceOnly}`, 'Running')

  await server.kill()
  numbers.release(onceOnly)
  const secondRestart = performance.now()
  await server.start()
  const isAsked = async () => (await readTask(api, task.id)).reason === 'NEEDS_REVIEW'
  await expect.poll(isAsked, { timeout: goesOnMs, intervals: [50] }).toBe(true)
  expect(performance.now() - secondRestart).toBeLessThan(goesOnMs)
  expect(numbers.read().filter((number) => number === onceOnly)).toHaveLength(1)

  await runAgain(page)
  await screen.expectState('Success')
  expectAllWritten(numbers.read())
  await expectOneOutcomeEach(api, task)
  await page.context().close()
})

test('kill -9 of an executor: another one takes over within 15 s, and one click finishes the task', async ({
  browser,
  installation,
}) => {
  const server = await installation({ verb: 'serve' })
  const { api, ...admin } = await enter(server.origin, 'admin', adminPassword)
  const doomed = await server.startExecutor()
  const numbers = new Numbers(server)
  numbers.hold(5)
  numbers.hold(onceOnly)
  const task = await numbers.start(api)
  await numbers.untilWritten(5)
  const heir = await server.startExecutor()
  const page = await openPage(browser, server.origin, { ...admin, api })
  const screen = await new TaskPage(page).open(task)

  await doomed.kill()
  numbers.release(5)
  const killed = performance.now()
  await numbers.untilWritten(6, goesOnMs)
  expect(performance.now() - killed).toBeLessThan(goesOnMs)
  await numbers.untilWritten(onceOnly)

  const last = await server.startExecutor()
  await heir.kill()
  numbers.release(onceOnly)
  await runAgain(page)
  await screen.expectState('Success')
  expectAllWritten(numbers.read())
  await expectOneOutcomeEach(api, task)
  await page.context().close()
  await last.stop()
})

const patching = `name: patching
description: Runs what may not be run twice, once for each host
title_format: Patch {{len .input.hosts}} hosts
auto_runnable: true
allow_all_resolver_usernames: true
inputs:
  - {name: hosts, collection: true}
steps:
  patch:
    description: Takes longer than its executor lives
    foreach: '{{.input.hosts | toJson}}'
    action: {type: exec, configuration: {command: sleep, argv: ['600'], timeout: 15m}}
`

test('many interrupted items need one answer', async ({ browser, installation }) => {
  const server = await installation()
  const { api, ...admin } = await enter(server.origin, 'admin', adminPassword)
  await saveTemplate(api, patching)
  const hosts = ['web1', 'web2', 'web3']
  const task = await startTask(api, 'patching', { hosts })
  const running = async () =>
    (await readSteps(api, task.id)).filter(({ state }) => state === 'RUNNING').length
  await expect.poll(running, { timeout: goesOnMs, intervals: [50] }).toBe(hosts.length)
  await server.kill()
  await server.start()
  await untilTask(api, task.id, ({ reason }) => reason === 'NEEDS_REVIEW')

  const page = await openPage(browser, server.origin, { ...admin, api })
  const screen = await new TaskPage(page).open(task)
  await expect(page.getByRole('heading', { name: '3 steps were interrupted' })).toBeVisible()
  await page.getByRole('button', { name: 'Review all 3…' }).click()
  await expect(page.getByRole('dialog', { name: 'Review all 3 steps' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.goto('/attention')
  await page.getByRole('button', { name: 'Review all 3' }).click()
  await screen.dialog.getByRole('radio', { name: 'Skip all 3' }).check()
  await screen.dialog.getByRole('button', { name: 'Skip all 3' }).click()
  await expect(screen.dialog).toBeHidden()
  const { result } = await untilTask(api, task.id, ({ state }) => state === 'STOPPED')
  expect(result).toBe('WARNING')
  await page.context().close()
})
