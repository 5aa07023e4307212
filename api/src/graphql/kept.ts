import { keptOf } from '../domains/tasks/kept.ts'
import { builder } from './builder.ts'
import { TaskRef } from './task.ts'

builder.objectField(TaskRef, 'keptUntil', (t) =>
  t.field({
    type: 'DateTime',
    nullable: true,
    description:
      'When its time is over and it may be deleted; null while it is not over itself, for a child, which goes with its parent, and when it is kept for ever.',
    resolve: async (task, _args, { parts }) => (await keptOf(parts.app, task)).until,
  }),
)

builder.objectField(TaskRef, 'kept', (t) =>
  t.string({
    description: 'For how long it is kept and who says so, in words.',
    resolve: async (task, _args, { parts }) => (await keptOf(parts.app, task)).sentence,
  }),
)
