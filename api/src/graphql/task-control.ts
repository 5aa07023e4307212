import { consequencesOf } from '../domains/tasks/consequences.ts'
import { builder } from './builder.ts'
import { authScopes, carryOut, reason, stepNo, taskId } from './command.ts'
import { TaskVerbEnum } from './enums.ts'
import { TaskRef } from './task.ts'

const DangerousCommandInput = builder.inputType('DangerousCommandInput', {
  description: 'A command that may leave things half done. It is written to the audit record.',
  fields: (t) => ({
    taskId: t.id(taskId),
    reason: t.string({ required: true, description: 'Why, as a sentence.' }),
    confirm: t.boolean({ required: true, description: 'The consequences were read; must be true.' }),
  }),
})

const SetStepStateInput = builder.inputType('SetStepStateInput', {
  description: 'Another state for a step of a paused task.',
  fields: (t) => ({
    taskId: t.id(taskId),
    stepNo: t.int(stepNo),
    state: t.string({
      required: true,
      description:
        'TODO, TO_RETRY, DONE, SKIPPED, PRUNE, CLIENT_ERROR, SERVER_ERROR, FATAL_ERROR, or a custom state of the step.',
    }),
    reason: t.string(reason),
  }),
})

builder.objectField(TaskRef, 'consequences', (t) =>
  t.field({
    type: ['String'],
    description:
      'What a verb would do beyond its name, as sentences to confirm; tasks one may not see are left out.',
    args: { verb: t.arg({ type: TaskVerbEnum, required: true, description: 'The verb.' }) },
    resolve: (task, { verb }, { parts, actor }) => consequencesOf(parts.app, actor, task, verb),
  }),
)

const dangerousVerbs = {
  forceCancelTask: {
    kind: 'force-cancel',
    description: 'Ends a task at once: what runs is killed, whoever held it can write nothing more.',
  },
  unlockTask: {
    kind: 'unlock',
    description: 'Gives up a paused task and frees its locks. It can be resumed later.',
  },
  forceUnlockTask: {
    kind: 'force-unlock',
    description: 'Gives up a task wherever it stands and frees its locks; what it began outside may go on.',
  },
} as const

for (const [name, { kind, description }] of Object.entries(dangerousVerbs)) {
  builder.mutationField(name, (t) =>
    t.field({
      type: TaskRef,
      description: `${description} Needs task.dangerous and the setting allow_dangerous_actions.`,
      authScopes,
      args: {
        input: t.arg({ type: DangerousCommandInput, required: true, description: 'Which task, and why.' }),
      },
      resolve: (_root, { input }, context) =>
        carryOut(context, input.taskId, { kind, reason: input.reason, confirm: input.confirm }),
    }),
  )
}

builder.mutationField('setStepState', (t) =>
  t.field({
    type: TaskRef,
    description:
      'Gives a step of a paused task another state; steps that depended on the old one are set back or pruned.',
    authScopes,
    args: { input: t.arg({ type: SetStepStateInput, required: true, description: 'Which step and state.' }) },
    resolve: (_root, { input: { taskId: id, ...rest } }, context) =>
      carryOut(context, id, { kind: 'set-step-state', ...rest }),
  }),
)
