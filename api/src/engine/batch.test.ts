import type { Template } from '@stint/schema/template-types'
import { afterAll, describe, expect, it } from 'vitest'
import { childTasksOf } from '../testing/children.ts'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { toyEngine } from '../testing/toy-engine.ts'
import { batchAction } from './actions/batch.ts'

const templates: Record<string, Template> = {}
const { database, registry, engine, stop, taskOf, ended } = await toyEngine({
  childTasks: childTasksOf(templates),
})
registry.add(batchAction)
afterAll(stop)

const text = (name: string) =>
  ({ name, type: 'string', collection: false, optional: true, hidden: false }) as const

/** A member that does what its input says: `ok`, or fails with it. */
templates.member = testTemplate(
  [
    testStep('do', {
      action: {
        type: 'echo',
        configuration: {
          output: '{{.input.what}}',
          error_message: '{{.input.error | default ""}}',
          error_type: 'client',
        },
      },
    }),
  ],
  {
    name: 'member',
    titleFormat: 'member {{.input.what}}',
    onError: 'fail',
    inputs: [text('what'), text('error'), text('common')],
  },
)

const batchOf = (configuration: Record<string, unknown>) =>
  testTemplate(
    [
      testStep('all', {
        action: { type: 'batch', configuration: { template_name: 'member', ...configuration } },
      }),
    ],
    { name: 'batch', onError: 'pause' },
  )

const attemptOf = async (id: string) => (await engine.reader.lastAttempts({ id, templateId: null }, [0]))[0]

const members = (count: number) => Array.from({ length: count }, (_, index) => ({ what: `m${index}` }))

describe('a batch', () => {
  it('runs a task for each of its inputs and counts how they ended', async () => {
    const id = await ended(testTask(batchOf({ inputs: members(3), common_inputs: { common: 'c' } })))
    expect((await attemptOf(id))?.output).toMatchObject({ total: 3, success: 3, error: 0, failed: [] })
    const titles = await database.sql`select title from task where parent_id = ${id} order by born_index`
    expect(titles.map((row) => row.title)).toEqual(['member m0', 'member m1', 'member m2'])
  })

  it('without members is over at once', async () => {
    const id = await ended(testTask(batchOf({ json_inputs: '[]' })))
    expect(await taskOf(id)).toMatchObject({ result: 'success' })
  })

  it('names the members that failed; a retry starts only those again', async () => {
    const inputs = [{ what: 'a' }, { what: 'b', error: 'no disk' }, { what: 'c' }]
    const id = await ended(testTask(batchOf({ inputs })))
    expect(await taskOf(id)).toMatchObject({ state: 'paused', reason: 'step-failed' })
    expect((await taskOf(id))?.errorSummary).toContain('1 of 3 tasks did not succeed: member b: do: no disk')
    expect((await attemptOf(id))?.output).toMatchObject({
      success: 2,
      error: 1,
      failed: [{ index: 1, title: 'member b', outcome: 'error' }],
    })
    await engine.command(id, { kind: 'resume', actor: 'tester' })
    const born = () =>
      database.sql`select born_index from task where parent_id = ${id} and state = 'stopped' order by id`
    await expect.poll(async () => (await born()).map((row) => row.bornIndex)).toEqual([0, 1, 2, 1])
  })

  it.each([
    [
      'an input given for all and for one',
      { inputs: members(2), common_inputs: { what: 'x' } },
      'given for all',
    ],
    ['no list', { json_inputs: '{}' }, 'must be a list'],
    ['a size that is none', { inputs: members(2), sub_batch_size: 'some' }, 'sub_batch_size'],
  ])('refuses %s, and starts nothing', async (_, configuration, message) => {
    const id = await ended(testTask(batchOf(configuration)))
    expect((await taskOf(id))?.errorSummary).toContain(message)
    expect(await database.sql`select from task where parent_id = ${id}`).toHaveLength(0)
  })

  it('with a sub-batch size never has more of them alive', async () => {
    const { id } = await engine.createTask(testTask(batchOf({ inputs: members(25), sub_batch_size: '10' })))
    let most = 0
    const watch = setInterval(async () => {
      const [row] = await database.sql`
        select count(*)::int as n from task where parent_id = ${id} and state <> 'stopped'`
      most = Math.max(most, row?.n ?? 0)
    }, 5)
    expect(await engine.waitForStop(id, 30)).toBe(true)
    clearInterval(watch)
    expect(most).toBeLessThanOrEqual(10)
    expect((await attemptOf(id))?.output).toMatchObject({ total: 25, success: 25 })
  })

  it('of 2,500 is born in portions and looked at a few times only', async () => {
    const began = performance.now()
    const { id } = await engine.createTask(testTask(batchOf({ json_inputs: JSON.stringify(members(2500)) })))
    expect(await engine.waitForStop(id, 100)).toBe(true)
    const seconds = (performance.now() - began) / 1000
    const attempt = await attemptOf(id)
    expect(attempt?.output).toMatchObject({ total: 2500, success: 2500 })
    // Three portions, and one look when the last one is over.
    expect(attempt?.no).toBeLessThanOrEqual(6)
    const [twice] = await database.sql`
      select count(*)::int as n from (select from task where parent_id = ${id} group by born_index having count(*) > 1) as x`
    expect(twice?.n).toBe(0)
    expect(engine.counts.found).toBe(0)
    console.log(`2,500 members in ${seconds.toFixed(1)} s, ${attempt?.no} looks`)
  }, 120_000)
})
