import { describe, expect, it } from 'vitest'
import type { Strategies } from './model.ts'
import { tells, type Weight, weightOfStep, weightOfTask } from './strategy.ts'

const none: Strategies = { byType: {}, byTemplate: {} }

describe('how much a piece of news weighs', () => {
  it.each([
    ['stopped', 'error', undefined, 'failure'],
    ['stopped', 'success', undefined, 'done'],
    ['stopped', 'warning', undefined, 'done'],
    ['stopped', 'cancelled', 'rejected', 'other'],
    ['paused', 'pending', 'step-failed', 'failure'],
    ['paused', 'pending', 'needs-review', 'failure'],
    ['paused', 'pending', 'by-user', 'other'],
    ['running', 'pending', undefined, 'other'],
  ] as const)('task %s/%s (%s): %s', (state, result, reason, weight) => {
    expect(weightOfTask(state, result, reason)).toBe(weight)
  })

  it.each([
    ['FATAL_ERROR', 'failure'],
    ['CRASHED', 'failure'],
    ['DONE', 'done'],
    ['SERVER_ERROR', 'other'],
    ['RUNNING', 'other'],
  ])('step %s: %s', (state, weight) => expect(weightOfStep(state)).toBe(weight))
})

describe('a channel', () => {
  const weights: Weight[] = ['failure', 'done', 'other']
  it.each([
    ['always', 'task_state_update', [true, true, true]],
    ['failure_only', 'task_state_update', [true, false, false]],
    ['failure_or_done', 'task_state_update', [true, true, false]],
    ['silent', 'task_state_update', [false, false, false]],
    ['failure_only', 'task_validation', [true, true, true]],
    ['silent', 'task_validation', [false, false, false]],
    ['always', 'task_step_update', [false, false, false]],
  ] as const)('with strategy %s tells of %s failures, ends and the rest: %j', (strategy, type, expected) => {
    const told = weights.map((weight) =>
      tells({ strategy, strategies: none }, { type, template: 't', weight }),
    )
    expect(told).toEqual(expected)
  })

  it('has a strategy for a type before its own, and one for a template before that', () => {
    const strategies: Strategies = {
      byType: { task_step_update: 'failure_only', task_state_update: 'silent' },
      byTemplate: { task_state_update: [{ templates: ['deploy'], strategy: 'always' }] },
    }
    const channel = { strategy: 'always' as const, strategies }
    const ask = (type: 'task_state_update' | 'task_step_update', template: string, weight: Weight) =>
      tells(channel, { type, template, weight })
    expect(ask('task_step_update', 'x', 'failure')).toBe(true)
    expect(ask('task_step_update', 'x', 'done')).toBe(false)
    expect(ask('task_state_update', 'x', 'failure')).toBe(false)
    expect(ask('task_state_update', 'deploy', 'other')).toBe(true)
  })
})
