import { editRequest } from '../domains/tasks/edit.ts'
import { InputProblem } from '../domains/tasks/input-problem.ts'
import { setPeople } from '../domains/tasks/people.ts'
import { builder } from './builder.ts'
import { authScopes, reason, taskId } from './command.ts'
import { forgetRead } from './context.ts'
import { demandUuid } from './ids.ts'
import { readObject } from './json.ts'
import { TaskRef } from './task.ts'
import { TagInput } from './task-create.ts'

const EditRequestInput = builder.inputType('EditRequestInput', {
  description: 'Another request for a task that is paused or has not begun. What is absent stays.',
  fields: (t) => ({
    taskId: t.id(taskId),
    input: t.field({
      type: 'JSON',
      description:
        'All values of the template’s inputs, by name; secrets as they are shown stay as they are.',
    }),
    resolverInput: t.field({ type: 'JSON', description: 'All values of its resolver inputs, likewise.' }),
    tags: t.field({ type: [TagInput], description: 'All tags.' }),
    reason: t.string(reason),
  }),
})

const PeopleInput = builder.inputType('PeopleInput', {
  description:
    'Who else sees a task and who resolves it. Each list that is given replaces the one that stands.',
  fields: (t) => ({
    taskId: t.id(taskId),
    watchers: t.stringList({ description: 'People who see it, by name.' }),
    watcherGroups: t.stringList({ description: 'Groups that see it.' }),
    resolvers: t.stringList({ description: 'People who may approve and answer it, by name.' }),
    resolverGroups: t.stringList({ description: 'Groups that may approve and answer it.' }),
  }),
})

builder.mutationFields((t) => ({
  editTaskRequest: t.field({
    type: TaskRef,
    description:
      'Changes the inputs and tags of a task that is paused or has not begun; its title is rendered anew.',
    authScopes,
    errors: {
      types: [InputProblem],
      union: { name: 'EditRequestResult', description: 'The task, or the fields that do not fit.' },
    },
    args: { input: t.arg({ type: EditRequestInput, required: true, description: 'The edit.' }) },
    resolve: async (_root, { input: { taskId: id, input, resolverInput, tags, reason: why } }, context) => {
      const row = await editRequest(context.parts, context.actor, demandUuid('Task', id), {
        input: readObject('input', input),
        resolverInput: readObject('resolverInput', resolverInput),
        tags: tags ? Object.fromEntries(tags.map((tag) => [tag.name, tag.value])) : undefined,
        reason: why,
      })
      forgetRead(context)
      return row
    },
  }),
  setTaskPeople: t.field({
    type: TaskRef,
    description: 'Names who else sees a task and who resolves it, also when it is over.',
    authScopes,
    args: { input: t.arg({ type: PeopleInput, required: true, description: 'The people.' }) },
    resolve: async (_root, { input: { taskId: id, ...people } }, context) => {
      const row = await setPeople(context.parts, context.actor, demandUuid('Task', id), people)
      forgetRead(context)
      return row
    },
  }),
}))
