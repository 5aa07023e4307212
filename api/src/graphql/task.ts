import type { TaskRow } from '../domains/tasks/model.ts'
import { builder } from './builder.ts'
import { TaskKindEnum, TaskReasonEnum, TaskResultEnum, TaskStateEnum } from './enums.ts'

export const Tag = builder.objectRef<{ name: string; value: string }>('Tag').implement({
  description: 'A name with a value that a template, an action or a person put on a task.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Unique within the task.' }),
    value: t.exposeString('value', { description: 'Free text.' }),
  }),
})

const when = { type: 'DateTime', nullable: true } as const

/** The narrow row. What needs another question is added by the files of those things. */
export const TaskRef = builder.objectRef<TaskRow>('Task')
builder.node(TaskRef, {
  description: 'One long-running piece of work: steps that an executor runs, or that another system reports.',
  id: { resolve: ({ id }) => id },
  // Rows that may not be seen are not found, so node(id:) cannot tell what exists.
  loadManyWithoutCache: (ids, { read }) =>
    Promise.all(ids.map(async (id) => (await read.tasks.task(id)) ?? null)),
  fields: (t) => ({
    uuid: t.exposeString('id', { description: 'Its UUID, as the command line and the log write it.' }),
    kind: t.expose('kind', { type: TaskKindEnum, description: 'Who does the work.' }),
    label: t.exposeString('label', {
      description: 'The stable name of what it runs: its template’s or action’s.',
    }),
    title: t.exposeString('title', { description: 'A sentence about this very task.' }),
    state: t.expose('state', { type: TaskStateEnum, description: 'Where it stands.' }),
    result: t.expose('result', { type: TaskResultEnum, description: 'How it ended; PENDING until it has.' }),
    reason: t.expose('reason', {
      type: TaskReasonEnum,
      nullable: true,
      description: 'Why it is in its state.',
    }),
    progress: t.exposeFloat('progress', { description: 'Share of the work that is done, 0 to 1.' }),
    owner: t.exposeString('ownerName', { description: 'Who started it.' }),
    resolvers: t.exposeStringList('resolvers', { description: 'Who may accept and answer it, by name.' }),
    resolverGroups: t.exposeStringList('resolverGroups', {
      description: 'Groups that may accept and answer it.',
    }),
    watchers: t.exposeStringList('watchers', { description: 'Who else sees it, by name.' }),
    watcherGroups: t.exposeStringList('watcherGroups', { description: 'Groups that see it.' }),
    tags: t.field({
      type: [Tag],
      description: 'Names with values, by name.',
      resolve: ({ tags }) =>
        Object.keys(tags)
          .sort()
          .map((name) => ({ name, value: String(tags[name]) })),
    }),
    priority: t.exposeInt('priority', { description: 'A higher number starts sooner.' }),
    region: t.exposeString('region', {
      nullable: true,
      description: 'Only executors of this region run it.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was accepted.' }),
    startAt: t.expose('startAt', { ...when, description: 'It may not start before.' }),
    startBefore: t.expose('startBefore', { ...when, description: 'It must not start after.' }),
    startedAt: t.expose('startedAt', { ...when, description: 'When its first step started.' }),
    endedAt: t.expose('endedAt', { ...when, description: 'When it stopped.' }),
    stateUpdatedAt: t.expose('stateUpdatedAt', {
      type: 'DateTime',
      description: 'When its state or reason last changed.',
    }),
    errorSummary: t.exposeString('errorSummary', {
      nullable: true,
      description: 'What went wrong, in at most 1000 bytes; secrets masked.',
    }),
    lastSeq: t.exposeInt('lastSeq', { description: 'Number of the newest event on its record.' }),
    epoch: t.exposeInt('epoch', { description: 'Grows with every claim and takeover.' }),
    takeovers: t.exposeInt('takeovers', {
      description: 'How often an executor died under it since a step last finished.',
    }),
  }),
})

const TaskEdge = builder.edgeObject({
  type: TaskRef,
  name: 'TaskEdge',
  description: 'One of a list of tasks, with its place.',
})

export const TaskConnection = builder.connectionObject(
  { type: TaskRef, name: 'TaskConnection', description: 'A page of a list of tasks.' },
  TaskEdge,
)
