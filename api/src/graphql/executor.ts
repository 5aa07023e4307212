import { isId } from '../base/ids.ts'
import { drainExecutor, readEngineFigures, recentExecutors } from '../domains/tasks/executors.ts'
import type { EngineFigures, ExecutorRow } from '../domains/tasks/model.ts'
import { builder } from './builder.ts'
import { ExecutorStateEnum } from './enums.ts'
import { notFound } from './ids.ts'
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
    running: t.exposeInt('running', { description: 'Actions that run in it now.' }),
    hints: t.exposeInt('hints', { description: 'Hints that it took from the queue since it started.' }),
    takeovers: t.exposeInt('takeovers', {
      description: 'Silent executors whose tasks it took over, as the leader.',
    }),
    flushesPerSecond: t.exposeFloat('flushesPerSecond', {
      nullable: true,
      description: 'How often it writes; null before its first heartbeat.',
    }),
    isLeader: t.exposeBoolean('isLeader', {
      description: 'It turns what is due into work, and looks after the others.',
    }),
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

const EngineFiguresRef = builder.objectRef<EngineFigures>('EngineFigures').implement({
  description: 'How the engine is, over all processes.',
  fields: (t) => ({
    hints: t.exposeInt('hints', { description: 'Hints that wait in the queue; up to 100,000 are counted.' }),
    waiting: t.exposeInt('waiting', {
      description: 'Tasks that an executor could take and none has; up to 100,000 are counted.',
    }),
    oldestWaitingSeconds: t.exposeFloat('oldestWaitingSeconds', {
      nullable: true,
      description: 'How long the oldest of them has waited; null when none waits.',
    }),
    takeovers: t.exposeInt('takeovers', { description: 'Executors that fell silent in the last day.' }),
    foundByNet: t.exposeInt('foundByNet', {
      description: 'Tasks without a hint that were found in the last day; 0 unless connections were cut.',
    }),
    countsRepaired: t.exposeInt('countsRepaired', {
      description:
        'By how many tasks the numbers of `taskCounts` were wrong in the last day, and were repaired; 0 unless something wrote past the engine.',
    }),
    leader: t.field({
      type: ExecutorRef,
      nullable: true,
      description: 'Turns what is due into work, and looks after the others; null while nobody does.',
      resolve: async ({ leaderId }, _args, { read }) =>
        leaderId === null ? null : ((await read.tasks.executor(leaderId)) ?? null),
    }),
  }),
})

function demandId(id: string): string {
  if (isId(id)) return id
  throw notFound('Executor', id)
}

builder.queryFields((t) => ({
  engine: t.field({
    type: EngineFiguresRef,
    description: 'How the engine is, over all processes.',
    authScopes: { permission: 'executor.view' },
    resolve: (_root, _args, { parts, actor }) => readEngineFigures(parts.app, actor),
  }),
  executor: t.field({
    type: ExecutorRef,
    nullable: true,
    description: 'One executor, also one that is over.',
    authScopes: { permission: 'executor.view' },
    args: { id: t.arg.id({ required: true, description: 'Its UUID.' }) },
    resolve: async (_root, { id }, { read }) => (await read.tasks.executor(demandId(id))) ?? null,
  }),
}))

builder.mutationField('drainExecutor', (t) =>
  t.field({
    type: ExecutorRef,
    description:
      'Lets an executor finish what it has and take nothing new, or go on; it hears within two seconds. Stands on the audit record.',
    authScopes: { permission: 'maintenance.manage' },
    args: {
      id: t.arg.id({ required: true, description: 'Its UUID.' }),
      drain: t.arg.boolean({ defaultValue: true, description: 'False: it shall take tasks again.' }),
    },
    resolve: (_root, { id, drain }, { parts, actor }) =>
      drainExecutor(parts, actor, demandId(id), drain !== false),
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
