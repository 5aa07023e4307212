import { recentExecutors } from '../domains/tasks/executors.ts'
import type { ExecutorRow } from '../domains/tasks/model.ts'
import { builder } from './builder.ts'
import { ExecutorStateEnum } from './enums.ts'
import { TaskRef } from './task.ts'

const ExecutorRef = builder.objectRef<ExecutorRow>('Executor').implement({
  description: 'A process that takes tasks and advances them.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its UUID: new with every start.' }),
    host: t.exposeString('host', { description: 'The machine it runs on.' }),
    pid: t.exposeInt('pid', { description: 'Its process number there.' }),
    version: t.exposeString('version', { description: 'Of the program.' }),
    region: t.exposeString('region', {
      nullable: true,
      description: 'It runs tasks of this region besides those of none.',
    }),
    role: t.exposeString('role', { description: 'serve, work or both.' }),
    state: t.expose('state', { type: ExecutorStateEnum, description: 'How it is.' }),
    capacity: t.exposeInt('capacity', {
      description: 'Tasks that it advances side by side; 0: only applies commands.',
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it started.' }),
    heartbeatAt: t.expose('heartbeatAt', {
      type: 'DateTime',
      description: 'When it last said that it is alive.',
    }),
    tasks: t.exposeInt('tasks', { description: 'Tasks that it holds now.' }),
  }),
})

builder.queryField('executors', (t) =>
  t.field({
    type: [ExecutorRef],
    description: 'Executors that live, and those of the last day; living ones first.',
    authScopes: { permission: 'executor.view' },
    resolve: (_root, _args, { parts, actor }) => recentExecutors(parts.app, actor),
  }),
)

builder.objectField(TaskRef, 'executor', (t) =>
  t.field({
    type: ExecutorRef,
    nullable: true,
    description: 'The executor that holds it now; null when none does or you may not see executors.',
    authScopes: { permission: 'executor.view' },
    unauthorizedResolver: () => null,
    resolve: async ({ executorId }, _args, { read }) =>
      executorId === null ? null : ((await read.tasks.executor(executorId)) ?? null),
  }),
)
