import type { EventRow } from '../domains/tasks/model.ts'
import { builder } from './builder.ts'
import { EventKindEnum } from './enums.ts'
import { listCost, readCount } from './paging.ts'
import { TaskRef } from './task.ts'

export const TaskEventRef = builder.objectRef<EventRow>('TaskEvent').implement({
  description: 'An entry on the record of a task. Numbers have no gap and never change.',
  fields: (t) => ({
    seq: t.exposeInt('seq', { description: 'Its number within the task, ascending from 1.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    kind: t.expose('kind', { type: EventKindEnum, description: 'What it is about.' }),
    name: t.exposeString('name', {
      description: 'For a task or step the new state, for a command its verb, else a word of its own.',
    }),
    stepNo: t.exposeInt('stepNo', { nullable: true, description: 'The step that it is about.' }),
    actor: t.exposeString('actor', { nullable: true, description: 'Who did it, when somebody did.' }),
    data: t.expose('data', {
      type: 'JSON',
      nullable: true,
      description: 'What else is known; secrets masked.',
    }),
  }),
})

const eventsMax = 500

builder.objectField(TaskRef, 'events', (t) =>
  t.field({
    type: [TaskEventRef],
    description: 'Its record, ascending.',
    complexity: ({ first }) => listCost(first, eventsMax),
    args: {
      after: t.arg.int({ defaultValue: 0, description: 'Only entries with a higher number.' }),
      first: t.arg.int({ defaultValue: 100, description: 'At most so many (1 to 500).' }),
    },
    resolve: async ({ id }, { after, first }, { read }) => [
      ...(await read.tasks.events(id, after ?? 0, readCount(first, eventsMax))),
    ],
  }),
)
