import type { StepDependency } from '@stint/schema/template-types'
import type { StepRow, StepStateCount } from '../domains/tasks/model.ts'
import { definitionOf } from '../domains/tasks/values.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { connectionOf, forwardArgs, numberFrom, pageCost, readPage } from './paging.ts'
import { TaskRef } from './task.ts'

const when = { type: 'DateTime', nullable: true } as const

async function definition(step: StepRow, { read }: Context) {
  const task = await read.tasks.task(step.taskId)
  const values = task && (await read.values.task(task))
  return definitionOf(values?.definition, step)
}

/** `create`, `create:TIMED_OUT`, `create:ANY`, as templates write it. */
export function dependencyText({ step, states }: StepDependency): string {
  return states.length === 1 && states[0] === 'DONE' ? step : `${step}:${states.join(',')}`
}

export const StepRef = builder.objectRef<StepRow>('Step').implement({
  description: 'One step of a task, or one item of a loop.',
  fields: (t) => ({
    taskId: t.exposeID('taskId', { description: 'UUID of its task.' }),
    no: t.exposeInt('no', {
      description: 'Its number within the task: its place in the template, items after them.',
    }),
    name: t.exposeString('name', { description: 'As the template calls it.' }),
    description: t.string({
      description: 'What it does, in the template’s words.',
      resolve: async (step, _args, context) => (await definition(step, context))?.description ?? '',
    }),
    action: t.string({
      description: 'The type of action it runs.',
      resolve: async (step, _args, context) => (await definition(step, context))?.action.type ?? '',
    }),
    parentNo: t.exposeInt('parentNo', { nullable: true, description: 'The loop that it is an item of.' }),
    itemIndex: t.exposeInt('itemIndex', { nullable: true, description: 'Its place in the loop, from 0.' }),
    item: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The value that its loop gave it; null for a step that is no item of a loop.',
      resolve: async (step, _args, { read }) => {
        const task = step.parentNo === null ? undefined : await read.tasks.task(step.taskId)
        return task && ((await read.values.item(task, step)) ?? null)
      },
    }),
    state: t.exposeString('state', {
      description: 'One of the known step states, or a custom state of its template, which is final.',
    }),
    tryCount: t.exposeInt('tryCount', { description: 'How often it was tried.' }),
    maxRetries: t.int({
      description: 'Retries it is allowed after its first try; negative means without end.',
      resolve: async (step, _args, context) => (await definition(step, context))?.maxRetries ?? 0,
    }),
    attemptNo: t.exposeInt('attemptNo', {
      description: 'Number of its newest attempt, also while that runs.',
    }),
    dependencies: t.stringList({
      description: 'Steps that must be over first: `name`, `name:STATE` or `name:ANY`.',
      resolve: async (step, _args, context) =>
        (await definition(step, context))?.dependencies.map(dependencyText) ?? [],
    }),
    startedAt: t.expose('startedAt', { ...when, description: 'When its newest attempt started.' }),
    endedAt: t.expose('endedAt', { ...when, description: 'When its newest attempt ended.' }),
    dueAt: t.expose('dueAt', { ...when, description: 'When it is tried again or goes on by itself.' }),
    errorSummary: t.exposeString('errorSummary', {
      nullable: true,
      description: 'What went wrong last, in short; secrets masked.',
    }),
    idempotent: t.boolean({
      nullable: true,
      description: 'May it simply run again after an executor died under it? Null: its action decides.',
      resolve: async (step, _args, context) => (await definition(step, context))?.idempotent ?? null,
    }),
  }),
})

const StepStateCountRef = builder.objectRef<StepStateCount>('StepStateCount').implement({
  description: 'How many steps are in a state.',
  fields: (t) => ({
    state: t.exposeString('state', { description: 'The state counted.' }),
    count: t.exposeInt('count', { description: 'How many.' }),
  }),
})

const StepEdge = builder.edgeObject({
  type: StepRef,
  name: 'StepEdge',
  description: 'One of a list of steps, with its place.',
})

const StepConnection = builder.connectionObject(
  { type: StepRef, name: 'StepConnection', description: 'A page of the steps of a task.' },
  StepEdge,
)

builder.objectField(StepRef, 'itemStates', (t) =>
  t.field({
    type: [StepStateCountRef],
    description: 'Of a loop: how many of its items are in each state. Empty for every other step.',
    resolve: ({ taskId, no }, _args, { read }) =>
      read.tasks.itemStates(taskId, no).then((counts) => [...counts]),
  }),
)

builder.objectFields(TaskRef, (t) => ({
  stepCount: t.int({
    description: 'How many steps it has, items of loops included.',
    resolve: async ({ id }, _args, { read }) =>
      (await read.tasks.stepStates(id)).reduce((sum, { count }) => sum + count, 0),
  }),
  stepsByState: t.field({
    type: [StepStateCountRef],
    description: 'How many steps are in each state, by name of the state.',
    resolve: ({ id }, _args, { read }) => read.tasks.stepStates(id).then((counts) => [...counts]),
  }),
  steps: t.field({
    type: StepConnection,
    description: 'Its steps by number.',
    complexity: pageCost,
    args: {
      ...forwardArgs,
      states: t.arg.stringList({ description: 'Only steps in these states.' }),
      parentNo: t.arg.int({
        description:
          'A number: the items of that loop. null: only the steps that the template names. Absent: both.',
      }),
    },
    resolve: async ({ id }, { states, parentNo, ...page }, { read }) => {
      const asked = readPage(page)
      const chosen = { states: states?.length ? states : null, parentNo }
      const rows = await read.tasks.steps(id, { size: asked.size, from: numberFrom(asked), ...chosen })
      return connectionOf(rows, asked, ({ no }) => no)
    },
  }),
  step: t.field({
    type: StepRef,
    nullable: true,
    description: 'One step by its number.',
    args: { no: t.arg.int({ required: true, description: 'Its number within the task.' }) },
    resolve: async ({ id }, { no }, { read }) => (await read.tasks.step(id, no)) ?? null,
  }),
}))
