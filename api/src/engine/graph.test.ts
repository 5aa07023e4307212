import { randomUUID } from 'node:crypto'
import type { StepCondition, TemplateStep } from '@stint/schema/template-types'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { testEngine, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { loseExecutor } from '../testing/lose-executor.ts'
import { findAttempts } from './store/attempt.ts'
import { findSteps } from './store/step.ts'
import { findTasks } from './store/task.ts'
import { setTestPoint, type TestPoint } from './test-points.ts'

const database = await testDatabase()
const { engine, stop } = await testEngine(database)
afterAll(stop)

type End = 'well' | 'badly' | 'custom'

interface Node {
  /** Numbers of earlier steps, and whether any end of them will do. */
  readonly after: readonly { no: number; any: boolean }[]
  readonly ends: End
  /** A loop: how each of its items ends; `skipped` ones never run. */
  readonly items?: readonly (End | 'skipped')[]
  readonly strategy: 'parallel' | 'sequence'
}

const ends = fc.constantFrom<End>('well', 'well', 'badly', 'custom')
const graphs = fc
  .array(
    fc.record({
      picks: fc.array(fc.record({ pick: fc.nat(), any: fc.boolean() }), { maxLength: 3 }),
      ends,
      items: fc.option(
        fc.array(fc.constantFrom<End | 'skipped'>('well', 'badly', 'custom', 'skipped'), { maxLength: 5 }),
        { nil: undefined, freq: 2 },
      ),
      strategy: fc.constantFrom('parallel' as const, 'sequence' as const),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((rows) =>
    rows.map(({ picks, ...rest }, no): Node => {
      const after = new Map(no === 0 ? [] : picks.map(({ pick, any }) => [pick % no, any]))
      return { ...rest, after: [...after].map(([target, any]) => ({ no: target, any })) }
    }),
  )

const stateOfEnd = { well: 'DONE', badly: 'SKIPPED', custom: 'ELSEWHERE', skipped: 'PRUNE' } as const

/** What each step must become, by the rules as they are written down: a custom end prunes those that ask for DONE. */
function expectedSteps(graph: readonly Node[]): string[] {
  const states: string[] = []
  for (const { after, ends, items } of graph) {
    const refused = after.some(({ no, any }) => !any && states[no] !== 'DONE' && states[no] !== 'SKIPPED')
    states.push(refused ? 'PRUNE' : items ? 'DONE' : stateOfEnd[ends])
  }
  return states
}

const condition = (given: Partial<StepCondition>): StepCondition => ({
  type: 'check',
  if: [],
  // biome-ignore lint/suspicious/noThenProperty: the word of the template language.
  then: {},
  final: false,
  message: '',
  on: [],
  ...given,
})
const whenItIs = (value: string, expected: string) => [
  { value, operator: 'EQ' as const, expected, listSeparator: ',' },
]

/** One action for all ends: what it is told is the item, or stands in the step. */
function stepsOf(graph: readonly Node[]): TemplateStep[] {
  return graph.map(({ after, ends, items, strategy }, no) => {
    const end = items ? '{{.iterator}}' : ends
    return testStep(`s${no}`, {
      dependencies: after.map((each) => ({ step: `s${each.no}`, states: [each.any ? 'ANY' : 'DONE'] })),
      customStates: ['ELSEWHERE'],
      ...(items && { foreach: JSON.stringify(items), foreachStrategy: strategy }),
      action: {
        type: 'echo',
        configuration: {
          output: no,
          error_message: `{{if eq "${end}" "badly"}}no{{end}}`.replace('"{{.iterator}}"', '.iterator'),
          error_type: 'client',
        },
      },
      conditions: [
        // biome-ignore lint/suspicious/noThenProperty: the word of the template language.
        condition({ type: 'skip', if: whenItIs(end, 'skipped'), then: { this: 'PRUNE' } }),
        // biome-ignore lint/suspicious/noThenProperty: the word of the template language.
        condition({ if: whenItIs(end, 'custom'), then: { this: 'ELSEWHERE' } }),
      ],
    })
  })
}

/** Where, and the how-manieth time, the executor is lost. */
const losses = fc.option(
  fc.record({
    point: fc.constantFrom<TestPoint>(
      'claim.after',
      'flush.locked',
      'flush.written',
      'flush.committed',
      'run.running-durable',
      'run.action-ended',
    ),
    nth: fc.integer({ min: 1, max: 8 }),
  }),
  { nil: undefined },
)

async function play(graph: readonly Node[], loss: { point: TestPoint; nth: number } | undefined) {
  let reached = 0
  let lost: Promise<void> | undefined
  if (loss) {
    setTestPoint(loss.point, () => {
      if (++reached === loss.nth) lost = loseExecutor(engine, database)
    })
  }
  const idempotencyKey = randomUUID()
  const request = testTask(testTemplate(stepsOf(graph), { onError: 'skip' }), { idempotencyKey })
  // A loss in the very flush of the birth is answered by asking again.
  const { id } = await engine.createTask(request).catch(() => engine.createTask(request))
  expect(await engine.waitForStop(id, 20)).toBe(true)
  if (loss) setTestPoint(loss.point, undefined)
  await lost
  return id
}

it('any graph ends as its rules say, each step once and after those it depends on, whenever its executor is lost', async () => {
  await fc.assert(
    fc.asyncProperty(graphs, losses, async (graph, loss) => {
      const id = await play(graph, loss)
      const rows = await findSteps(database.sql, [id])
      const steps = rows.slice(0, graph.length)
      expect(steps.map((step) => step.state)).toEqual(expectedSteps(graph))
      for (const [no, { items }] of graph.entries()) {
        const wanted = steps[no]?.state === 'PRUNE' ? [] : (items ?? [])
        const own = rows.filter((row) => row.parentNo === no)
        expect(own.map((row) => row.itemIndex)).toEqual(wanted.map((_, index) => index))
        expect(own.map((row) => row.state)).toEqual(wanted.map((end) => stateOfEnd[end]))
      }
      const [task] = await findTasks(database.sql, [id])
      expect(task?.result).toBe(rows.some((step) => step.state === 'SKIPPED') ? 'warning' : 'success')
      const all = await findAttempts(
        database.sql,
        rows.map((step) => ({ taskId: id, stepNo: step.no })),
      )
      // What was interrupted ran again; everything else was tried once.
      const attempts = all.filter((attempt) => attempt.state !== 'CRASHED')
      expect(attempts.map((attempt) => attempt.stepNo).sort((a, b) => a - b)).toEqual(
        rows.filter((row) => row.state !== 'PRUNE').map((row) => row.no),
      )
      const endOf = new Map<number, number>()
      for (const { stepNo, endedAt } of attempts) {
        const no = rows[stepNo]?.parentNo ?? stepNo
        endOf.set(no, Math.max(endOf.get(no) ?? 0, Number(endedAt)))
      }
      for (const attempt of attempts) {
        for (const { no } of graph[attempt.stepNo]?.after ?? []) {
          const before = endOf.get(no)
          if (before !== undefined) expect(Number(attempt.startedAt)).toBeGreaterThanOrEqual(before)
        }
      }
    }),
    { numRuns: 60 },
  )
}, 180_000)
