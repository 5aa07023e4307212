import type { Why } from '../engine/why.ts'
import { builder } from './builder.ts'
import { TaskRef } from './task.ts'

const WhyRef = builder.objectRef<Why>('Why').implement({
  description: 'Why a task does not run now.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'A stable word for the kind of answer.' }),
    sentence: t.exposeString('sentence', { description: 'The answer for a person.' }),
    taskId: t.id({
      nullable: true,
      description: 'UUID of the task that it waits for, when there is one.',
      resolve: ({ taskId }) => taskId ?? null,
    }),
    dueAt: t.expose('dueAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it goes on by itself, if it does.',
    }),
    stepNo: t.exposeInt('stepNo', { nullable: true, description: 'The step that the answer is about.' }),
  }),
})

const json = { type: 'JSON', nullable: true } as const

builder.objectFields(TaskRef, (t) => ({
  input: t.field({
    ...json,
    description: 'The inputs it was started with; passwords are masked.',
    resolve: async (task, _args, { read }) => (await read.values.task(task))?.input ?? null,
  }),
  resolverInput: t.field({
    ...json,
    description: 'The inputs its resolver gave; passwords are masked.',
    resolve: async (task, _args, { read }) => (await read.values.task(task))?.resolverInput ?? null,
  }),
  outcome: t.field({
    ...json,
    description: 'What the template’s result format made of its outputs; null until it stops.',
    resolve: async (task, _args, { read }) => (await read.values.task(task))?.outcome ?? null,
  }),
  why: t.field({
    type: WhyRef,
    nullable: true,
    description: 'Why it does not run now; null when it runs or is over.',
    resolve: async (task, _args, { read }) => (await read.values.why(task)) ?? null,
  }),
}))
