import { countDeletable, type Deleted, deleteTasks } from '../domains/tasks/delete.ts'
import {
  type DeletionPlan,
  type KeptTask,
  namedMax,
  planDeletion,
  weighedMax,
} from '../domains/tasks/kept-tasks.ts'
import { builder } from './builder.ts'
import { demandUuid, globalId } from './ids.ts'
import { readFilter, TaskFilterInput } from './task-list.ts'

const filterArg = {
  type: TaskFilterInput,
  description: 'Which tasks; of them only those that are over and part of no other.',
} as const
const endedBeforeArg = {
  type: 'DateTime',
  description: 'Only tasks that ended before this instant.',
} as const
const idsArg = {
  description: `Only these tasks, up to ${namedMax}: either form of their ids. Each that stays is told with why.`,
} as const

const uuidsOf = (ids: readonly string[] | null | undefined) => ids?.map((id) => demandUuid('Task', id))

const DeletableRef = builder.objectRef<{ count: number; isCapped: boolean }>('DeletableTasks').implement({
  description: 'How many tasks a deletion would be about.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'Without their children, which go with them.' }),
    isCapped: t.exposeBoolean('isCapped', { description: 'There are more; nobody counted how many.' }),
  }),
})

const KeptRef = builder.objectRef<KeptTask>('KeptTask').implement({
  description: 'A task that was named for a deletion, and stays.',
  fields: (t) => ({
    taskId: t.id({ description: 'Its id.', resolve: ({ id }) => globalId('Task', id) }),
    uuid: t.exposeString('id', { description: 'Its UUID, as the command line writes it.' }),
    message: t.exposeString('message', { description: 'Why, as a sentence.' }),
  }),
})

const PlanRef = builder.objectRef<DeletionPlan>('DeletionPlan').implement({
  description: 'What a deletion of named tasks would be about.',
  fields: (t) => ({
    tasks: t.exposeInt('tasks', { description: 'How many of them would go.' }),
    children: t.exposeInt('children', {
      description: `Sub-tasks that go with them; at most ${weighedMax} are counted.`,
    }),
    attempts: t.exposeInt('attempts', {
      description: `Attempts of all of them, each with its output and log; at most ${weighedMax} are counted.`,
    }),
    kept: t.expose('kept', { type: [KeptRef], description: 'Those that would stay.' }),
  }),
})

builder.queryFields((t) => ({
  deletableTasks: t.field({
    type: DeletableRef,
    description: 'How many tasks deleteTasks would look at with this filter. Nothing is deleted.',
    authScopes: { permission: 'task.delete' },
    complexity: { field: 20 },
    args: {
      filter: t.arg(filterArg),
      endedBefore: t.arg(endedBeforeArg),
      ids: t.arg.idList(idsArg),
    },
    resolve: (_root, { filter, endedBefore, ids }, { parts, actor }) =>
      countDeletable(parts.app, actor, {
        filter: readFilter(filter),
        endedBefore: endedBefore ?? undefined,
        ids: uuidsOf(ids),
      }),
  }),
  deletionPlan: t.field({
    type: PlanRef,
    description: 'What deleteTasks would delete of these tasks now, and what stays. Nothing is deleted.',
    authScopes: { permission: 'task.delete' },
    complexity: { field: 50 },
    args: { ids: t.arg.idList({ ...idsArg, required: true }) },
    resolve: (_root, { ids }, { parts, actor }) => planDeletion(parts.app, actor, uuidsOf(ids) ?? []),
  }),
}))

const DeleteTasksInput = builder.inputType('DeleteTasksInput', {
  description: 'Tasks that shall be deleted for good.',
  fields: (t) => ({
    filter: t.field(filterArg),
    endedBefore: t.field(endedBeforeArg),
    ids: t.idList(idsArg),
    reason: t.string({ required: true, description: 'Why, for the audit record.' }),
    after: t.string({ description: 'What the answer before this one said as next.' }),
  }),
})

const DeletedRef = builder.objectRef<Deleted>('DeletedTasks').implement({
  description: 'What one request has deleted.',
  fields: (t) => ({
    deleted: t.exposeInt('deleted', { description: 'Tasks that are gone, children included.' }),
    next: t.exposeString('next', {
      nullable: true,
      description: 'Up to a thousand tasks are looked at: ask again with this as after. Null at the end.',
    }),
    kept: t.expose('kept', {
      type: [KeptRef],
      description: 'Of the tasks that ids named those that stay; empty without ids.',
    }),
  }),
})

builder.mutationField('deleteTasks', (t) =>
  t.field({
    type: DeletedRef,
    description:
      'Deletes tasks that are over, the oldest first, with their children, logs and deliveries; nothing brings them back. What others still need stays. On the audit record.',
    authScopes: { permission: 'task.delete' },
    args: { input: t.arg({ type: DeleteTasksInput, required: true, description: 'Which and why.' }) },
    resolve: (_root, { input }, { parts, actor }) =>
      deleteTasks(parts.app, actor, {
        filter: readFilter(input.filter),
        endedBefore: input.endedBefore ?? undefined,
        ids: uuidsOf(input.ids),
        reason: input.reason,
        after: input.after ?? undefined,
      }),
  }),
)
