import { readConsole, type TaskConsole } from '../domains/tasks/console.ts'
import { builder } from './builder.ts'
import { TaskRef } from './task.ts'

const rows = {
  task: 'The row of the task.',
  steps: 'Its steps by number, at most 1,000.',
  signals: 'What has reached it and is not applied; payloads are not shown.',
  timers: 'When it is looked at again.',
  holds: 'Locks and slots that it holds.',
  waits: 'Locks and slots that it waits for.',
  hints: 'Messages in the queue that somebody should look at it.',
} as const

const TaskConsoleRef = builder.objectRef<TaskConsole>('TaskConsole').implement({
  description: 'The rows of the engine about one task, as they stand; what is sealed is never among them.',
  fields: (t) => ({
    task: t.expose('task', { type: 'JSON', description: rows.task }),
    steps: t.expose('steps', { type: 'JSON', description: rows.steps }),
    signals: t.expose('signals', { type: 'JSON', description: rows.signals }),
    timers: t.expose('timers', { type: 'JSON', description: rows.timers }),
    holds: t.expose('holds', { type: 'JSON', description: rows.holds }),
    waits: t.expose('waits', { type: 'JSON', description: rows.waits }),
    hints: t.expose('hints', { type: 'JSON', description: rows.hints }),
    executor: t.expose('executor', {
      type: 'JSON',
      nullable: true,
      description: 'The row of the executor that holds it; null when none does.',
    }),
    plan: t.exposeString('plan', { description: 'What it runs: a line for each step.' }),
  }),
})

builder.objectField(TaskRef, 'console', (t) =>
  t.field({
    type: TaskConsoleRef,
    nullable: true,
    description:
      'Its rows as they stand, for those whom the permission console and the settings enable_console and console_require_admin let look; else null.',
    complexity: 50,
    resolve: async (task, _args, { parts, actor }) => (await readConsole(parts, actor, task)) ?? null,
  }),
)
