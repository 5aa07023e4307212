import type { AttemptRow, StepErrorValue, StepRow } from '../domains/tasks/model.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { listCost } from './paging.ts'
import { StepRef } from './step.ts'

const StepError = builder.objectRef<StepErrorValue>('StepError').implement({
  description: 'What went wrong in an attempt.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'For a person.' }),
    kind: t.exposeString('kind', {
      description:
        'client: a retry does not help · server: it may · fatal: the step’s definition is at fault · and others.',
    }),
    detail: t.exposeString('detail', {
      nullable: true,
      description: 'For developers: a stack or the end of the error output.',
    }),
  }),
})

const json = { type: 'JSON', nullable: true } as const

async function valuesOf({ taskId, stepNo, no }: AttemptRow, { read }: Context) {
  const task = await read.tasks.task(taskId)
  return task && read.values.attempt(task, stepNo, no)
}

export const AttemptRef = builder.objectRef<AttemptRow>('Attempt').implement({
  description: 'A try of a step that has ended. It is recorded once and never changes.',
  fields: (t) => ({
    no: t.exposeInt('no', {
      description: 'Its number within the step: new for every try and every takeover.',
    }),
    tryNo: t.exposeInt('tryNo', { description: 'Which try it was, as retries are counted.' }),
    state: t.exposeString('state', { description: 'The state that the step ended it in.' }),
    executorId: t.exposeString('executorId', { nullable: true, description: 'The executor that ran it.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it started.' }),
    endedAt: t.expose('endedAt', { type: 'DateTime', description: 'When it ended.' }),
    errorSummary: t.exposeString('errorSummary', {
      nullable: true,
      description: 'What went wrong, in short.',
    }),
    output: t.field({
      ...json,
      description: 'What the action answered.',
      resolve: async (attempt, _args, context) => (await valuesOf(attempt, context))?.output ?? null,
    }),
    metadata: t.field({
      ...json,
      description: 'What the action says about its answer, such as a status code.',
      resolve: async (attempt, _args, context) => (await valuesOf(attempt, context))?.metadata ?? null,
    }),
    error: t.field({
      type: StepError,
      nullable: true,
      description: 'What went wrong, in full.',
      resolve: async (attempt, _args, context) => (await valuesOf(attempt, context))?.error ?? null,
    }),
  }),
})

/** Of the newest recorded attempt, so a running step still shows what came before. */
async function newestValues(step: StepRow, { read }: Context) {
  const task = await read.tasks.task(step.taskId)
  return task && read.values.lastAttempt(task, step.no)
}

builder.objectFields(StepRef, (t) => ({
  attempts: t.field({
    type: [AttemptRef],
    description: 'Its recorded attempts, newest first; at most 100.',
    complexity: listCost(10, 10),
    resolve: async ({ taskId, no }, _args, { read }) => [...(await read.tasks.attempts(taskId, no))],
  }),
  output: t.field({
    ...json,
    description: 'What the newest recorded attempt answered.',
    resolve: async (step, _args, context) => (await newestValues(step, context))?.output ?? null,
  }),
  metadata: t.field({
    ...json,
    description: 'What the newest recorded attempt says about its answer.',
    resolve: async (step, _args, context) => (await newestValues(step, context))?.metadata ?? null,
  }),
  error: t.field({
    type: StepError,
    nullable: true,
    description: 'What went wrong in the newest recorded attempt.',
    resolve: async (step, _args, context) => (await newestValues(step, context))?.error ?? null,
  }),
}))
