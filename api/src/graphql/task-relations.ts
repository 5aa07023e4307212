import { builder } from './builder.ts'
import { connectionOf, forwardArgs, pageCost, readPage, textFrom } from './paging.ts'
import { TaskConnection, TaskRef } from './task.ts'

builder.objectFields(TaskRef, (t) => ({
  parent: t.field({
    type: TaskRef,
    nullable: true,
    description: 'The task that started it; null when there is none or it is not visible to you.',
    resolve: async ({ parentId }, _args, { read }) =>
      parentId === null ? null : ((await read.tasks.task(parentId)) ?? null),
  }),
  children: t.field({
    type: TaskConnection,
    description: 'Tasks that it started, oldest first.',
    complexity: pageCost,
    args: forwardArgs,
    resolve: async ({ id }, page, { read }) => {
      const asked = readPage(page)
      const rows = await read.tasks.children(id, { from: textFrom(asked), size: asked.size })
      return connectionOf(rows, asked, (row) => row.id)
    },
  }),
  dependsOn: t.field({
    type: [TaskRef],
    description: 'Tasks that must stop before it may start, as far as they are visible to you.',
    resolve: ({ id }, _args, { read }) => read.tasks.dependsOn(id),
  }),
  blocks: t.field({
    type: [TaskRef],
    description: 'Tasks that wait for it, as far as they are visible to you.',
    resolve: ({ id }, _args, { read }) => read.tasks.blocks(id),
  }),
}))
