import { randomUUID } from 'node:crypto'
import type { TemplateStep } from '@stint/schema/template-types'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { loseExecutor } from '../testing/lose-executor.ts'
import { after, toyEngine } from '../testing/toy-engine.ts'
import { findAttempts } from './store/attempt.ts'
import { findSteps } from './store/step.ts'
import { setTestPoint, type TestPoint } from './test-points.ts'

const { database, toys, engine, stop, taskOf, ended } = await toyEngine()
afterAll(stop)
const points: readonly TestPoint[] = ['flush.locked', 'flush.written', 'flush.committed', 'run.action-ended']
afterEach(() => {
  for (const point of points) setTestPoint(point, undefined)
})

const listOf = (count: number) => JSON.stringify(Array.from({ length: count }, (_, index) => index))

function loop(count: number, given: Partial<TemplateStep> = {}): TemplateStep {
  const action = { type: 'echo', configuration: { output: 'item {{.iterator}}' } }
  return testStep('each', { foreach: listOf(count), action, ...given })
}

const collect = testStep('collect', {
  dependencies: after('each'),
  action: { type: 'echo', configuration: { output: '{{.step.each.children | typed}}' } },
})

async function outputOf(id: string, stepNo: number): Promise<unknown> {
  const [last] = await engine.reader.lastAttempts({ id, templateId: null }, [stepNo])
  return last?.output
}

const itemsOf = async (id: string) =>
  (await findSteps(database.sql, [id])).filter((step) => step.parentNo !== null)

/** A loss in the very flush of the birth is answered by asking again. */
async function created(steps: TemplateStep[]): Promise<string> {
  const idempotencyKey = randomUUID()
  const request = testTask(testTemplate(steps, { maxParallel: 10 }), { idempotencyKey })
  const { id } = await engine.createTask(request).catch(() => engine.createTask(request))
  return id
}

/** Runs to its end although its executor is lost when a test point is reached for the n-th time. */
async function endedAfterLoss(steps: TemplateStep[], point: TestPoint, nth: number): Promise<string> {
  let reached = 0
  let lost: Promise<void> | undefined
  setTestPoint(point, () => {
    if (++reached === nth) lost = loseExecutor(engine, database)
  })
  const id = await created(steps)
  expect(await engine.waitForStop(id, 30)).toBe(true)
  setTestPoint(point, undefined)
  expect(lost).toBeDefined()
  await lost
  return id
}

describe('a loop', () => {
  /** Milliseconds an item: what this process computed, which no neighbour on the machine changes, and what passed. */
  async function costPerItem(count: number, given: Partial<TemplateStep> = {}) {
    const from = performance.now()
    const before = process.cpuUsage()
    const { id } = await engine.createTask(testTask(testTemplate([loop(count, given)])))
    expect(await engine.waitForStop(id, 50)).toBe(true)
    const { user, system } = process.cpuUsage(before)
    const passed = (performance.now() - from) / count
    expect((await taskOf(id))?.result).toBe('success')
    return { computed: (user + system) / 1000 / count, passed }
  }

  it.each([
    ['parallel', 1000, 10_000],
    ['sequence', 200, 2000],
  ] as const)('in %s costs the same for each item, be they %i or %i', async (foreachStrategy, few, many) => {
    await costPerItem(few, { foreachStrategy })
    const ofFew = await costPerItem(few, { foreachStrategy })
    const ofMany = await costPerItem(many, { foreachStrategy })
    const shown = [ofFew, ofMany].map(
      (cost) => `${cost.computed.toFixed(3)} (${cost.passed.toFixed(3)} passed)`,
    )
    console.log(`${foreachStrategy}, ms an item: ${shown[0]} of ${few}, ${shown[1]} of ${many}`)
    expect(ofMany.computed).toBeLessThan(ofFew.computed * 2)
  })

  it('counts its items as the progress of its task', async () => {
    const holds = { type: 'hold', configuration: {} }
    const { id } = await engine.createTask(
      testTask(testTemplate([loop(4, { action: holds, foreachStrategy: 'sequence' }), collect])),
    )
    for (const name of ['each-0', 'each-1', 'each-2']) (await toys.running(name)).finish()
    const last = await toys.running('each-3')
    // Three of the six: two steps of the template and four items.
    await expect.poll(async () => (await taskOf(id))?.progress, { interval: 20 }).toBeCloseTo(3 / 6)
    last.finish()
    await engine.waitForStop(id, 5)
    expect((await taskOf(id))?.progress).toBe(1)
  })

  it('keeps its list with its attempt, for people to see what each item was', async () => {
    const id = await ended(testTask(testTemplate([loop(3)])))
    const [attempt] = await engine.reader.lastAttempts({ id, templateId: null }, [0])
    expect(attempt).toMatchObject({ state: 'EXPANDED', items: [0, 1, 2], output: undefined })
  })

  it('whose results are longer than may be kept says so where a template reads them, and only there', async () => {
    const output = '{{repeat 1000000 "x"}}'
    const large = loop(20, { action: { type: 'echo', configuration: { output } } })
    const unread = await ended(testTask(testTemplate([large])))
    expect((await taskOf(unread))?.result).toBe('success')
    const read = await ended(testTask(testTemplate([large, collect])))
    expect(await taskOf(read)).toMatchObject({ state: 'paused', reason: 'step-failed' })
    expect((await taskOf(read))?.errorSummary).toContain('the results of "each" are longer than 16 MiB')
  })
})

describe('a loop whose executor is lost', () => {
  const children = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      output: `item ${index}`,
      metadata: { iterator: index },
      state: 'DONE',
    }))

  it.each(points.flatMap((point) => [1, 2, 3, 6].map((nth) => [point, nth] as const)))(
    'at %s number %i goes on with the same items, each with one result',
    async (point, nth) => {
      const id = await endedAfterLoss([loop(120), collect], point, nth)
      expect((await taskOf(id))?.result).toBe('success')
      expect(await outputOf(id, 1)).toEqual(children(120))
      const items = await itemsOf(id)
      expect(items.map((step) => step.itemIndex)).toEqual(children(120).map((_, index) => index))
      const attempts = await findAttempts(
        database.sql,
        items.map((step) => ({ taskId: id, stepNo: step.no })),
      )
      expect(attempts.filter((attempt) => attempt.state === 'DONE')).toHaveLength(120)
    },
  )

  it('while rows for its items are still being made goes on making them', async () => {
    const id = await endedAfterLoss([loop(3500), collect], 'flush.committed', 3)
    expect((await taskOf(id))?.result).toBe('success')
    expect(await itemsOf(id)).toHaveLength(3500)
    expect(await outputOf(id, 1)).toHaveLength(3500)
  })

  it('keeps the list that was rendered first', async () => {
    const foreach = '["{{uuidv4}}", "{{uuidv4}}", "{{uuidv4}}", "{{uuidv4}}"]'
    const echo = { type: 'echo', configuration: { output: '{{.iterator}}' } }
    const each = loop(0, { foreach, action: echo, foreachStrategy: 'sequence' })
    const id = await endedAfterLoss([each, collect], 'run.action-ended', 2)
    const [attempt, ...others] = await engine.reader.attempts({ id, templateId: null }, [0])
    expect(others).toEqual([])
    const results = (await outputOf(id, 1)) as { output: string; metadata: { iterator: string } }[]
    expect(results.map((each) => each.output)).toEqual(attempt?.items)
  })
})
