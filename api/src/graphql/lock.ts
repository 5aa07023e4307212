import type { TaskRow } from '../domains/tasks/model.ts'
import {
  type ResourceDetail,
  resourceDetail,
  resourcesPage,
  tasksNaming,
} from '../domains/tasks/resources.ts'
import type { LinkState, ResourceFigures, ResourceUse, TaskLink } from '../engine/lock-read.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { LockModeEnum } from './lock-enums.ts'
import { connectionOf, connectionOfTuples, forwardArgs, pageCost, readPage, textFrom } from './paging.ts'
import { StepRef } from './step.ts'
import { TaskConnection, TaskRef } from './task.ts'

const states: Record<LinkState, string> = {
  linked: 'Named, not locked, or not yet.',
  held: 'Held by the task, by a step of it, or by the task that started it.',
  waiting: 'In the queue for it.',
  freed: 'Given back when the task stopped.',
}

const LinkStateEnum = builder.enumType('LinkState', {
  description: 'How a task stands to a resource that it names.',
  values: {
    LINKED: { value: 'linked', description: states.linked },
    HELD: { value: 'held', description: states.held },
    WAITING: { value: 'waiting', description: states.waiting },
    FREED: { value: 'freed', description: states.freed },
  } as const,
})

const TaskLinkRef = builder.objectRef<TaskLink>('TaskLink').implement({
  description: 'A resource that a task names, holds or waits for.',
  fields: (t) => ({
    resource: t.exposeString('resource', { description: '`host/db1`, or the name of a limit.' }),
    mode: t.field({
      type: LockModeEnum,
      nullable: true,
      description: 'null: it only refers to it.',
      resolve: ({ mode }) => mode ?? null,
    }),
    operation: t.string({
      nullable: true,
      description: 'Only the same operation, or a lock on all of them, collides with it.',
      resolve: ({ operation }) => (operation === '' ? null : operation),
    }),
    state: t.expose('state', { type: LinkStateEnum, description: 'How it stands.' }),
    since: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Since when it holds or awaits it.',
      resolve: ({ since }) => since ?? null,
    }),
    stepNo: t.int({
      nullable: true,
      description: 'The step that holds or awaits it; null for the task itself.',
      resolve: ({ stepNo }) => stepNo ?? null,
    }),
    position: t.int({
      nullable: true,
      description: 'Its place in the queue, from 1.',
      resolve: ({ position }) => position ?? null,
    }),
    capacity: t.int({
      nullable: true,
      description: 'How much of a limit there is.',
      resolve: ({ capacity }) => capacity ?? null,
    }),
    nextSlotAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When a rate lets the next start through.',
      resolve: ({ nextSlotAt }) => nextSlotAt ?? null,
    }),
    holders: t.field({
      type: [TaskRef],
      description:
        'Tasks that stand in its way, as far as they are visible to you; the longest holders first.',
      complexity: { field: 1, multiplier: 5 },
      resolve: async ({ blockers }, _args, { read }) => {
        const tasks = await Promise.all(blockers.map((id) => read.tasks.task(id)))
        return tasks.filter((task) => task !== undefined)
      },
    }),
  }),
})

builder.objectField(TaskRef, 'links', (t) =>
  t.field({
    type: [TaskLinkRef],
    description: 'Resources that it names, holds or waits for.',
    complexity: { field: 1, multiplier: 10 },
    resolve: (task, _args, { read }) => read.links.load(task),
  }),
)

builder.objectField(StepRef, 'limits', (t) =>
  t.field({
    type: [TaskLinkRef],
    description: 'Slots of limits that it holds or waits for.',
    complexity: { field: 1, multiplier: 5 },
    resolve: async ({ taskId, no }, _args, { read }) => {
      const task = await read.tasks.task(taskId)
      const links = task ? await read.links.load(task) : []
      return links.filter((link) => link.stepNo === no)
    },
  }),
)

type UseOfTask = ResourceUse & { readonly task: TaskRow }

const ResourceUseRef = builder.objectRef<UseOfTask>('ResourceUse').implement({
  description: 'A task that holds a resource or waits for it.',
  fields: (t) => ({
    task: t.expose('task', { type: TaskRef, description: 'The task.' }),
    stepNo: t.int({
      nullable: true,
      description: 'The step of it; null for the task itself.',
      resolve: ({ stepNo }) => stepNo ?? null,
    }),
    mode: t.expose('mode', { type: LockModeEnum, description: 'How.' }),
    operation: t.string({
      nullable: true,
      description: 'For one operation only.',
      resolve: ({ operation }) => (operation === '' ? null : operation),
    }),
    since: t.expose('since', { type: 'DateTime', description: 'Since when.' }),
    position: t.int({
      nullable: true,
      description: 'Its place in the queue, from 1; null for a holder.',
      resolve: ({ position }) => position ?? null,
    }),
  }),
})

/** What a list knows of a resource, and who uses it once somebody asks. */
type ResourceNode = Pick<ResourceFigures, 'name' | 'capacity' | 'holderCount' | 'waiterCount'> & {
  readonly detail?: ResourceDetail
}

async function detailOf({ name, detail }: ResourceNode, { parts, actor }: Context) {
  return detail ?? (await resourceDetail(parts.app, actor, name))
}

const ResourceRef = builder.objectRef<ResourceNode>('Resource').implement({
  description: 'A resource that tasks name, and how busy it is.',
  fields: (t) => ({
    name: t.exposeString('name', { description: '`host/db1`, or the name of a limit.' }),
    capacity: t.int({
      nullable: true,
      description: 'How many may hold it at once; null for a lock.',
      resolve: (resource) => resource.capacity ?? null,
    }),
    holderCount: t.exposeInt('holderCount', {
      description: 'Who holds it, also what is not visible to you; of one resource at most 100 are counted.',
    }),
    waiterCount: t.exposeInt('waiterCount', { description: 'Who waits for it, likewise.' }),
    holders: t.field({
      type: [ResourceUseRef],
      description: 'Tasks that hold it and that you may see, the first hundred, the longest first.',
      complexity: { field: 5, multiplier: 5 },
      resolve: async (resource, _args, context) => [...((await detailOf(resource, context))?.holders ?? [])],
    }),
    waiters: t.field({
      type: [ResourceUseRef],
      description: 'Tasks that wait for it and that you may see, the first hundred, the next first.',
      complexity: { field: 5, multiplier: 5 },
      resolve: async (resource, _args, context) => [...((await detailOf(resource, context))?.waiters ?? [])],
    }),
    tasks: t.field({
      type: TaskConnection,
      description: 'Tasks that name it and that you may see, newest first.',
      complexity: pageCost,
      args: forwardArgs,
      resolve: async ({ name }, page, { parts, actor }) => {
        const asked = readPage(page)
        const rows = await tasksNaming(parts.app, actor, name, { from: textFrom(asked), size: asked.size })
        return connectionOf(rows, asked, (row) => row.id)
      },
    }),
  }),
})

const ResourceConnection = builder.connectionObject(
  { type: ResourceRef, name: 'ResourceConnection', description: 'A page of resources.' },
  { name: 'ResourceEdge', description: 'A resource in its list.' },
)

builder.queryField('resources', (t) =>
  t.field({
    type: ResourceConnection,
    description:
      'Resources that tasks hold or wait for, by name; with onlyBusy: false also those they merely name.',
    authScopes: { permission: 'task.view' },
    complexity: pageCost,
    args: {
      text: t.arg.string({ description: 'A part of the name.' }),
      onlyBusy: t.arg.boolean({ description: 'true when absent.' }),
      first: t.arg.int({ description: 'How many; 25 when absent.' }),
      after: t.arg.string({ description: 'The cursor of the last one of the page before.' }),
    },
    resolve: async (_root, args, { parts, actor }) =>
      connectionOfTuples(await resourcesPage(parts.app, actor, args), args.after, ({ type, id }) => [
        type,
        id,
      ]),
  }),
)

builder.queryField('resource', (t) =>
  t.field({
    type: ResourceRef,
    nullable: true,
    description: 'One resource with its holders and waiters; null for a text that names none.',
    authScopes: { permission: 'task.view' },
    args: { name: t.arg.string({ required: true, description: '`host/db1`, or the name of a limit.' }) },
    resolve: async (_root, { name }, { parts, actor }) => {
      const detail = await resourceDetail(parts.app, actor, name)
      return detail ? { ...detail, detail } : null
    },
  }),
)
