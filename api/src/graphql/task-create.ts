import { type CreatedTask, createTask } from '../domains/tasks/create.ts'
import { type FieldProblem, InputProblem } from '../domains/tasks/input-problem.ts'
import { templateToStart } from '../domains/templates/read.ts'
import { builder } from './builder.ts'
import { type Context, forgetRead } from './context.ts'
import { demandUuid } from './ids.ts'
import { readObject } from './json.ts'
import { LockModeEnum, OnConflictEnum } from './lock-enums.ts'
import { TaskRef } from './task.ts'

const FieldProblemRef = builder.objectRef<FieldProblem>('FieldProblem').implement({
  description: 'What is wrong with one field of a form.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description:
        'An input of the template, `resolverInput.NAME`, or a field of the request such as `tags`.',
    }),
    message: t.exposeString('message', { description: 'What would be right.' }),
  }),
})

builder.objectType(InputProblem, {
  name: 'InputProblem',
  description: 'Some values cannot be used; nothing was written.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'A sentence about all of it.' }),
    fields: t.field({
      type: [FieldProblemRef],
      description: 'Each field with its sentence.',
      resolve: ({ fields }) => [...fields],
    }),
  }),
})

const CreatedTaskRef = builder.objectRef<CreatedTask>('CreatedTask').implement({
  description: 'The task is stored; from now on it survives every crash.',
  fields: (t) => ({
    task: t.expose('task', { type: TaskRef, description: 'The task.' }),
    isNew: t.exposeBoolean('isNew', {
      description: 'False: the idempotency key named a task that was there.',
    }),
  }),
})

export const TagInput = builder.inputType('TagInput', {
  description: 'A name with a value.',
  fields: (t) => ({
    name: t.string({ required: true, description: '1 to 200 characters.' }),
    value: t.string({ required: true, description: 'Up to 1,000 characters.' }),
  }),
})

const LockInput = builder.inputType('LockInput', {
  description: 'A resource that a task needs before it starts.',
  fields: (t) => ({
    resource: t.string({ required: true, description: 'As `host/db1`.' }),
    mode: t.field({ type: LockModeEnum, description: 'EXCLUSIVE when absent; LIMIT cannot be asked for.' }),
    operation: t.string({ description: 'Only tasks with the same one, or with none, stand in its way.' }),
    onConflict: t.field({
      type: OnConflictEnum,
      description: 'What happens when somebody else holds it; FAIL when absent.',
    }),
    waitSeconds: t.int({ description: 'With WAIT: the task stops when it has not got it after so long.' }),
  }),
})

const CreateTaskInput = builder.inputType('CreateTaskInput', {
  description: 'A task to start.',
  fields: (t) => ({
    template: t.string({ description: 'Name of the template to start it from.' }),
    version: t.int({ description: 'Which version of it; the newest when absent.' }),
    input: t.field({ type: 'JSON', description: 'Values of the template’s inputs, by name.' }),
    resolverInput: t.field({
      type: 'JSON',
      description: 'Values of its resolver inputs: who may give them approves the task with them.',
    }),
    tags: t.field({ type: [TagInput], description: 'Put on the task besides those of the template.' }),
    watchers: t.stringList({ description: 'Who else shall see it, by name.' }),
    watcherGroups: t.stringList({ description: 'Groups that shall see it.' }),
    resolvers: t.stringList({ description: 'Who else may approve and answer it, by name.' }),
    resolverGroups: t.stringList({ description: 'Groups that may approve and answer it.' }),
    dependsOn: t.idList({ description: 'Tasks that must stop before it starts: either form of their ids.' }),
    startAt: t.field({ type: 'DateTime', description: 'It shall not start before.' }),
    startBefore: t.field({ type: 'DateTime', description: 'It must not start after.' }),
    priority: t.int({ description: 'A higher number starts sooner; -1,000 to 1,000.' }),
    region: t.string({ description: 'Only executors of this region may run it.' }),
    idempotencyKey: t.string({
      description: 'The same key again gives the same task instead of another one.',
    }),
    comment: t.string({ description: 'Stands first on its record.' }),
    locks: t.field({ type: [LockInput], description: 'Resources it needs, besides those of its template.' }),
    links: t.stringList({ description: 'Resources it refers to, as `host/db1`.' }),
    wait: t.int({
      description:
        'Answer when it has stopped or needs a person, at the latest after so many seconds (0 to 60).',
    }),
  }),
})

function lockOf({ resource, mode, operation, onConflict, waitSeconds }: typeof LockInput.$inferInput) {
  return {
    resource,
    mode: mode === 'shared' ? ('shared' as const) : ('exclusive' as const),
    ...(operation && { operation }),
    ...(onConflict && { onConflict }),
    ...(waitSeconds && { waitMs: Math.max(1, waitSeconds) * 1000 }),
  }
}

async function startTask(context: Context, given: typeof CreateTaskInput.$inferInput): Promise<CreatedTask> {
  const { parts, actor } = context
  const { template: name, version, input, resolverInput, tags, dependsOn, locks, ...rest } = given
  if (!name) throw new InputProblem([{ name: 'template', message: 'Name a template.' }])
  const { id, definition } = await templateToStart(parts.app, actor, name, version ?? undefined)
  const created = await createTask(
    parts,
    actor,
    { id, definition, blocked: false },
    {
      ...rest,
      input: readObject('input', input),
      resolverInput: readObject('resolverInput', resolverInput),
      tags: Object.fromEntries((tags ?? []).map((tag) => [tag.name, tag.value])),
      locks: locks?.map(lockOf),
      dependsOn: dependsOn?.map((each) => demandUuid('Task', each)),
    },
  )
  forgetRead(context)
  return created
}

builder.mutationField('createTask', (t) =>
  t.field({
    type: CreatedTaskRef,
    description: 'Starts a task from a template. What it answers is durable.',
    authScopes: { permission: 'task.create' },
    errors: {
      types: [InputProblem],
      union: { name: 'CreateTaskResult', description: 'The new task, or the fields that do not fit.' },
    },
    args: { input: t.arg({ type: CreateTaskInput, required: true, description: 'The task.' }) },
    resolve: (_root, { input }, context) => startTask(context, input),
  }),
)
