import { countTasks, type TaskCount } from '../domains/tasks/counts.ts'
import type { TaskFilter } from '../domains/tasks/filter.ts'
import { listTasks } from '../domains/tasks/list.ts'
import { builder } from './builder.ts'
import { TaskOrderEnum, TaskResultEnum, TaskStateEnum } from './enums.ts'
import { demandUuid, uuidOf } from './ids.ts'
import { connectionOf, forwardArgs, pageCost, readPage, textFrom } from './paging.ts'
import { TaskConnection, TaskRef } from './task.ts'

export const TaskFilterInput = builder.inputType('TaskFilter', {
  description: 'What a list of tasks shows: all that is given must hold; an empty list of values means any.',
  fields: (t) => ({
    states: t.field({ type: [TaskStateEnum], description: 'In one of these states.' }),
    results: t.field({ type: [TaskResultEnum], description: 'With one of these results.' }),
    labels: t.stringList({ description: 'With one of these labels.' }),
    templateName: t.string({ description: 'Started from this template, in any version.' }),
    parentId: t.id({ description: 'Started by this task.' }),
    mine: t.boolean({ description: 'Started by the caller.' }),
    text: t.string({ description: 'Stands in the title, label or error summary; or is the UUID.' }),
  }),
})

type GivenFilter = typeof TaskFilterInput.$inferInput

const unlessEmpty = <T>(values: readonly T[] | null | undefined) => (values?.length ? values : null)

/** Throws `not-found` for a parent that cannot be a task. */
export function readFilter(given: GivenFilter | null | undefined): TaskFilter {
  if (!given) return {}
  const { states, results, labels, templateName, parentId, mine, text } = given
  return {
    states: unlessEmpty(states),
    results: unlessEmpty(results),
    labels: unlessEmpty(labels),
    templateName,
    parentId: parentId ? demandUuid('Task', parentId) : null,
    mine,
    text,
  }
}

export const TaskCountRef = builder.objectRef<TaskCount>('TaskCount').implement({
  description: 'How many tasks have this state and result.',
  fields: (t) => ({
    state: t.expose('state', { type: TaskStateEnum, description: 'The state counted.' }),
    result: t.expose('result', { type: TaskResultEnum, description: 'The result counted.' }),
    count: t.exposeInt('count', {
      description: 'How many, at most 10,000 when a filter or rights narrow the list.',
    }),
    isCapped: t.exposeBoolean('isCapped', { description: 'There are more than `count`.' }),
    latestAt: t.expose('latestAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the newest of them started, or was created when it has not started.',
    }),
  }),
})

const filterArg = { type: TaskFilterInput, description: 'Which tasks.' } as const

builder.queryFields((t) => ({
  task: t.field({
    type: TaskRef,
    nullable: true,
    description: 'One task by its id or UUID; null when it is missing or not visible to you.',
    authScopes: { permission: 'task.view' },
    args: { id: t.arg.id({ required: true, description: 'Either form of its id.' }) },
    resolve: async (_root, { id }, { read }) => {
      const uuid = uuidOf('Task', id)
      return uuid === undefined ? null : ((await read.tasks.task(uuid)) ?? null)
    },
  }),
  tasks: t.field({
    type: TaskConnection,
    description: 'Tasks that you may see, newest first unless said otherwise.',
    authScopes: { permission: 'task.view' },
    complexity: pageCost,
    args: {
      filter: t.arg(filterArg),
      order: t.arg({ type: TaskOrderEnum, defaultValue: 'newer-first', description: 'Which way.' }),
      ...forwardArgs,
      last: t.arg.int({ description: 'At most so many entries from the back (1 to 100).' }),
      before: t.arg.string({ description: 'Only entries in front of this place.' }),
    },
    resolve: async (_root, { filter, order, ...page }, { parts, actor }) => {
      const asked = readPage(page)
      const rows = await listTasks(parts.app, actor, readFilter(filter), {
        ...asked,
        order: order ?? 'newer-first',
        from: textFrom(asked),
      })
      return connectionOf(rows, asked, ({ id }) => id)
    },
  }),
  taskCounts: t.field({
    type: [TaskCountRef],
    description: 'How many tasks you may see, by state and result; pairs without tasks are left out.',
    authScopes: { permission: 'task.view' },
    complexity: { field: 20, multiplier: 8 },
    args: { filter: t.arg(filterArg) },
    resolve: (_root, { filter }, { parts, actor }) => countTasks(parts.app, actor, readFilter(filter)),
  }),
}))
