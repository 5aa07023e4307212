import type { DeliveryRow } from '../domains/channels/model.ts'
import { deliveriesOfTask, listDeliveries } from '../domains/channels/read.ts'
import { retryDelivery } from '../domains/channels/tell.ts'
import { builder } from './builder.ts'
import { DeliveryStateEnum } from './enums.ts'
import { uuidOf } from './ids.ts'
import { connectionOf, forwardArgs, pageCost, readPage, textFrom } from './paging.ts'
import { TaskRef } from './task.ts'

export const DeliveryRef = builder.objectRef<DeliveryRow>('Delivery').implement({
  description: 'One notification for one channel. Its id stays the same with every try; receivers see it.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its UUID; what receivers see as `webhook-id`.' }),
    channel: t.exposeString('channel', { description: 'The name of the channel.' }),
    task: t.field({
      type: TaskRef,
      nullable: true,
      description: 'The task it is about; null for a test, and when you may not see the task.',
      resolve: async ({ taskId }, _args, { read }) =>
        taskId === null ? null : ((await read.tasks.task(taskId)) ?? null),
    }),
    event: t.exposeString('event', {
      description:
        'What is told: task_state_update, task_step_update, task_validation, task_input, message, test.',
    }),
    state: t.expose('state', { type: DeliveryStateEnum, description: 'How it is with it.' }),
    tries: t.exposeInt('tries', { description: 'How often it was tried.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it happened.' }),
    deliveredAt: t.expose('deliveredAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the channel took it.',
    }),
    dueAt: t.expose('dueAt', { type: 'DateTime', nullable: true, description: 'When it is tried again.' }),
    lastError: t.exposeString('lastError', {
      nullable: true,
      description: 'Why the last try failed that did.',
    }),
    responseStatus: t.exposeInt('responseStatus', {
      nullable: true,
      description: 'The HTTP status of the last answer; null for mail and when none came.',
    }),
  }),
})

const DeliveryEdge = builder.edgeObject({
  type: DeliveryRef,
  name: 'DeliveryEdge',
  description: 'One of a list of deliveries, with its place.',
})

const DeliveryConnection = builder.connectionObject(
  { type: DeliveryRef, name: 'DeliveryConnection', description: 'A page of the log of deliveries.' },
  DeliveryEdge,
)

const authScopes = { permission: 'channel.manage' } as const

builder.queryField('deliveries', (t) =>
  t.field({
    type: DeliveryConnection,
    description: 'The log of deliveries, newest first.',
    authScopes,
    complexity: pageCost,
    args: {
      ...forwardArgs,
      taskId: t.arg.id({ description: 'Only about this task.' }),
      channel: t.arg.string({ description: 'Only for this channel.' }),
      states: t.arg({ type: [DeliveryStateEnum], description: 'Only in these states.' }),
    },
    resolve: async (_root, args, { parts, actor }) => {
      const asked = readPage(args)
      // An id that is none belongs to no task: nothing was told about it.
      const taskId = args.taskId
        ? (uuidOf('Task', args.taskId) ?? '00000000-0000-0000-0000-000000000000')
        : null
      const filter = { taskId, channel: args.channel, states: args.states }
      const rows = await listDeliveries(parts.app, actor, filter, { from: textFrom(asked), size: asked.size })
      return connectionOf(rows, asked, ({ id }) => id)
    },
  }),
)

builder.objectField(TaskRef, 'deliveries', (t) =>
  t.field({
    type: [DeliveryRef],
    description: 'What was told about it to channels, newest first; at most 100.',
    resolve: ({ id }, _args, { parts }) => deliveriesOfTask(parts.app, id),
  }),
)

builder.mutationField('retryDelivery', (t) =>
  t.field({
    type: DeliveryRef,
    description: 'Tries a delivery once more, now, under its old id; answers when it is over, or after 10 s.',
    authScopes,
    args: { id: t.arg.id({ required: true, description: 'Of the delivery.' }) },
    resolve: (_root, { id }, { parts, actor }) =>
      retryDelivery(parts.app, parts.channels.engine, actor, id.toLowerCase()),
  }),
)
