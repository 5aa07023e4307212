import { relatedMax } from '../domains/tasks/read.ts'
import type { RelatedCounts } from '../domains/tasks/store/related.ts'
import { builder } from './builder.ts'
import { connectionOf, forwardArgs, pageCost, readPage, textFrom } from './paging.ts'
import { TaskConnection, TaskRef } from './task.ts'

const upTo = `; at most ${relatedMax} are counted.`

const RelatedCountsRef = builder.objectRef<Omit<RelatedCounts, 'taskId'>>('RelatedCounts').implement({
  description: 'How much there is about a task besides itself, as far as you may see it.',
  fields: (t) => ({
    children: t.exposeInt('children', { description: `Tasks that it started${upTo}` }),
    openChildren: t.exposeInt('openChildren', {
      description: `Tasks that it started and that are not over${upTo}`,
    }),
    dependencies: t.exposeInt('dependencies', {
      description: `Tasks that it waits for, and tasks that wait for it${upTo}`,
    }),
    resources: t.exposeInt('resources', { description: `Resources that it names, holds or awaits${upTo}` }),
    comments: t.exposeInt('comments', {
      description: `Comments on its record that were not taken back, among its newest ${relatedMax} entries.`,
    }),
  }),
})

builder.objectFields(TaskRef, (t) => ({
  parent: t.field({
    type: TaskRef,
    nullable: true,
    description: 'The task that started it; null when there is none or it is not visible to you.',
    resolve: async ({ parentId }, _args, { read }) =>
      parentId === null ? null : ((await read.tasks.task(parentId)) ?? null),
  }),
  relatedCounts: t.field({
    type: RelatedCountsRef,
    description: 'How much there is about it besides itself.',
    resolve: ({ id }, _args, { read }) => read.tasks.relatedCounts(id),
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
