import type { TemplateStep } from '@stint/schema/template-types'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { testEngine, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { findAttempts } from './store/attempt.ts'
import { findSteps } from './store/step.ts'
import { findTasks } from './store/task.ts'

const database = await testDatabase()
const { engine, stop } = await testEngine(database)
afterAll(stop)

interface Node {
  /** Numbers of earlier steps, and whether any end of them will do. */
  readonly after: readonly { no: number; any: boolean }[]
  readonly ends: 'well' | 'badly' | 'custom'
}

const graphs = fc
  .array(
    fc.record({
      picks: fc.array(fc.record({ pick: fc.nat(), any: fc.boolean() }), { maxLength: 3 }),
      ends: fc.constantFrom<Node['ends']>('well', 'well', 'badly', 'custom'),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((rows) =>
    rows.map(({ picks, ends }, no): Node => {
      const after = new Map(no === 0 ? [] : picks.map(({ pick, any }) => [pick % no, any]))
      return { after: [...after].map(([target, any]) => ({ no: target, any })), ends }
    }),
  )

/** What each step must become, by the rules as they are written down: a custom end prunes those that ask for DONE. */
function expected(graph: readonly Node[]): string[] {
  const states: string[] = []
  for (const { after, ends } of graph) {
    const refused = after.some(({ no, any }) => !any && states[no] !== 'DONE' && states[no] !== 'SKIPPED')
    states.push(refused ? 'PRUNE' : ends === 'well' ? 'DONE' : ends === 'badly' ? 'SKIPPED' : 'ELSEWHERE')
  }
  return states
}

function stepsOf(graph: readonly Node[]): TemplateStep[] {
  return graph.map(({ after, ends }, no) =>
    testStep(`s${no}`, {
      dependencies: after.map((each) => ({ step: `s${each.no}`, states: [each.any ? 'ANY' : 'DONE'] })),
      customStates: ['ELSEWHERE'],
      action: {
        type: 'echo',
        configuration: ends === 'badly' ? { error_message: 'no', error_type: 'client' } : { output: no },
      },
      conditions:
        ends === 'custom'
          ? [
              {
                type: 'check',
                if: [{ value: 'a', operator: 'EQ', expected: 'a', listSeparator: ',' }],
                // biome-ignore lint/suspicious/noThenProperty: the word of the template language.
                then: { this: 'ELSEWHERE' },
                final: false,
                message: '',
                on: [],
              },
            ]
          : [],
    }),
  )
}

it('any graph ends as its rules say, each step once and after those it depends on', async () => {
  await fc.assert(
    fc.asyncProperty(graphs, async (graph) => {
      const { id } = await engine.createTask(testTask(testTemplate(stepsOf(graph), { onError: 'skip' })))
      expect(await engine.waitForStop(id, 20)).toBe(true)
      const steps = await findSteps(database.sql, [id])
      expect(steps.map((step) => step.state)).toEqual(expected(graph))
      const [task] = await findTasks(database.sql, [id])
      expect(task?.result).toBe(steps.some((step) => step.state === 'SKIPPED') ? 'warning' : 'success')
      const attempts = await findAttempts(
        database.sql,
        steps.map((step) => ({ taskId: id, stepNo: step.no })),
      )
      const endOf = new Map(attempts.map((attempt) => [attempt.stepNo, Number(attempt.endedAt)]))
      expect(attempts).toHaveLength(steps.filter((step) => step.state !== 'PRUNE').length)
      for (const attempt of attempts) {
        for (const { no } of graph[attempt.stepNo]?.after ?? []) {
          const before = endOf.get(no)
          if (before !== undefined) expect(Number(attempt.startedAt)).toBeGreaterThanOrEqual(before)
        }
      }
    }),
    { numRuns: 150 },
  )
})
