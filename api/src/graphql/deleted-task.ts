import { readDeleted } from '../domains/tasks/deleted.ts'
import type { DeletedTask } from '../domains/tasks/model.ts'
import { builder } from './builder.ts'
import { DeletionRuleEnum } from './enums.ts'
import { uuidOf } from './ids.ts'

const DeletedTaskRef = builder.objectRef<DeletedTask>('DeletedTask').implement({
  description: 'What is known for thirty days of a task that was deleted.',
  fields: (t) => ({
    deletedAt: t.expose('deletedAt', { type: 'DateTime', description: 'When it went.' }),
    deletedBy: t.exposeString('deletedBy', {
      nullable: true,
      description: 'Who deleted it; null when the audit record does not say.',
    }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why, in the words of that person.' }),
    rule: t.expose('rule', {
      type: DeletionRuleEnum,
      nullable: true,
      description: 'By which rule its time was over; null when a person deleted it.',
    }),
  }),
})

builder.queryField('deletedTask', (t) =>
  t.field({
    type: DeletedTaskRef,
    nullable: true,
    description:
      'A task that was deleted; null when it was not, when that is long ago, or when you could not see it.',
    authScopes: { permission: 'task.view' },
    args: { id: t.arg.id({ required: true, description: 'The task: either form of its id.' }) },
    resolve: async (_root, { id }, { parts, actor }) => {
      const taskId = uuidOf('Task', id)
      return taskId === undefined ? null : ((await readDeleted(parts.app, actor, taskId)) ?? null)
    },
  }),
)
