import type { ListChange } from '../domains/tasks/live/list-watch.ts'
import { watchEvents, watchOutput, watchRow } from '../domains/tasks/live/task-watch.ts'
import { builder } from './builder.ts'
import type { Caller } from './context.ts'
import { TaskEventRef } from './event.ts'
import { demandUuid, globalId } from './ids.ts'
import { OutputChunkRef } from './output.ts'
import { TaskRef } from './task.ts'
import { readFilter, TaskFilterInput } from './task-list.ts'

const TasksChange = builder.objectRef<ListChange>('TasksChange').implement({
  description: 'What a list of tasks is told.',
  fields: (t) => ({
    token: t.exposeString('token', {
      description: 'Hand it in as `after` to go on from here after a cut connection.',
    }),
    resync: t.exposeBoolean('resync', { description: 'Changes were missed: fetch the list again.' }),
    task: t.field({
      type: TaskRef,
      nullable: true,
      description:
        'A task that came, changed or left; null in a resync, of a deleted one, and in a first message without news.',
      resolve: ({ task }, _args, { read }) => {
        if (task === undefined) return null
        read.tasks.keep(task)
        return task
      },
    }),
    deletedId: t.id({
      nullable: true,
      description: 'The id of a task that is gone for good, when this is about one.',
      resolve: ({ deletedId }) => (deletedId === undefined ? null : globalId('Task', deletedId)),
    }),
    matches: t.exposeBoolean('matches', { description: 'The filter lets the task through; false: it left.' }),
  }),
})

/** The caller as he is at each event. */
const whoIs = (caller: Caller) => () => caller.actor

const authScopes = { permission: 'task.view' } as const
const taskId = { required: true, description: 'The task: either form of its id.' } as const

builder.subscriptionFields((t) => ({
  taskChanged: t.field({
    type: TaskRef,
    description: 'A task, at once and whenever it or its steps changed; at most once in 50 ms.',
    authScopes,
    args: { id: t.arg.id(taskId) },
    subscribe: (_root, { id }, { parts, caller }) =>
      parts.changes.watchTask(demandUuid('Task', id), whoIs(caller), watchRow),
    resolve: (task, _args, { read }) => {
      read.tasks.keep(task)
      return task
    },
  }),
  taskEvents: t.field({
    type: TaskEventRef,
    description:
      'The record of a task from a number on: first what stands there, then what comes, without a gap.',
    authScopes,
    args: {
      id: t.arg.id(taskId),
      after: t.arg.int({ defaultValue: 0, description: 'Only entries with a higher number.' }),
    },
    subscribe: (_root, { id, after }, { parts, caller }) =>
      parts.changes.watchTask(demandUuid('Task', id), whoIs(caller), (options) =>
        watchEvents(options, after ?? 0),
      ),
    resolve: (event) => event,
  }),
  stepOutput: t.field({
    type: OutputChunkRef,
    description: 'What a step writes, as it writes it. Goes on with the next attempt unless one is named.',
    authScopes,
    args: {
      taskId: t.arg.id(taskId),
      stepNo: t.arg.int({ required: true, description: 'Number of the step.' }),
      attemptNo: t.arg.int({ description: 'Only this attempt; ends when that is over.' }),
      after: t.arg.int({
        defaultValue: 0,
        description: 'Only chunks of the first attempt with a higher number.',
      }),
    },
    subscribe: (_root, { taskId: id, after, ...wanted }, { parts, caller }) =>
      parts.changes.watchTask(demandUuid('Task', id), whoIs(caller), (options) =>
        watchOutput(options, { ...wanted, after: after ?? 0 }),
      ),
    resolve: (chunk) => chunk,
  }),
  tasksChanged: t.field({
    type: TasksChange,
    description:
      'Changes of the tasks that a filter lets through. The first message comes at once and brings a token.',
    authScopes,
    args: {
      filter: t.arg({ type: TaskFilterInput, description: 'Which tasks.' }),
      after: t.arg.string({ description: 'The token of an earlier message.' }),
    },
    subscribe: (_root, { filter, after }, { parts, caller }) =>
      parts.changes.watchList(whoIs(caller), readFilter(filter), after),
    resolve: (change) => change,
  }),
}))
