import { countDeletable, type Deleted, deleteTasks } from '../domains/tasks/delete.ts'
import { builder } from './builder.ts'
import { readFilter, TaskFilterInput } from './task-list.ts'

const filterArg = {
  type: TaskFilterInput,
  description: 'Which tasks; of them only those that are over and part of no other.',
} as const
const endedBeforeArg = {
  type: 'DateTime',
  description: 'Only tasks that ended before this instant.',
} as const

const DeletableRef = builder.objectRef<{ count: number; isCapped: boolean }>('DeletableTasks').implement({
  description: 'How many tasks a deletion would be about.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'Without their children, which go with them.' }),
    isCapped: t.exposeBoolean('isCapped', { description: 'There are more; nobody counted how many.' }),
  }),
})

builder.queryField('deletableTasks', (t) =>
  t.field({
    type: DeletableRef,
    description: 'How many tasks deleteTasks would look at with this filter. Nothing is deleted.',
    authScopes: { permission: 'task.delete' },
    complexity: { field: 20 },
    args: { filter: t.arg(filterArg), endedBefore: t.arg(endedBeforeArg) },
    resolve: (_root, { filter, endedBefore }, { parts, actor }) =>
      countDeletable(parts.app, actor, { filter: readFilter(filter), endedBefore: endedBefore ?? undefined }),
  }),
)

const DeleteTasksInput = builder.inputType('DeleteTasksInput', {
  description: 'Tasks that shall be deleted for good.',
  fields: (t) => ({
    filter: t.field(filterArg),
    endedBefore: t.field(endedBeforeArg),
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
        reason: input.reason,
        after: input.after ?? undefined,
      }),
  }),
)
