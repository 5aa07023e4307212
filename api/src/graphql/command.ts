import { commandTask } from '../domains/tasks/command.ts'
import type { TaskCommand, TaskRow } from '../domains/tasks/model.ts'
import { verbFactsOf } from '../domains/tasks/verb-facts.ts'
import type { VerbFacts } from '../domains/tasks/verb-rules.ts'
import { type CommandAvailability, commandsOfStep, commandsOfTask } from '../domains/tasks/verbs.ts'
import { builder } from './builder.ts'
import { type Context, forgetRead } from './context.ts'
import { PermissionEnum, ReviewDecisionEnum, TaskVerbEnum } from './enums.ts'
import { demandUuid } from './ids.ts'
import { readObject } from './json.ts'
import { StepRef } from './step.ts'
import { TaskRef } from './task.ts'

const CommandRef = builder.objectRef<CommandAvailability>('CommandAvailability').implement({
  description: 'Whether the caller may ask for something now, and if not, why.',
  fields: (t) => ({
    verb: t.expose('verb', { type: TaskVerbEnum, description: 'What would be asked.' }),
    allowed: t.exposeBoolean('allowed', { description: 'It would be accepted now.' }),
    whyNot: t.exposeString('whyNot', {
      nullable: true,
      description: 'Why not, as a sentence; null when it is allowed.',
    }),
    permission: t.expose('permission', {
      type: PermissionEnum,
      description: 'The permission that it needs.',
    }),
  }),
})

function factsOf({ parts, actor, read }: Context, task: TaskRow): Promise<VerbFacts> {
  return verbFactsOf(parts.app, actor, task, async (id) => (await read.templates.load(id))?.definition)
}

builder.objectField(TaskRef, 'commands', (t) =>
  t.field({
    type: [CommandRef],
    description: 'Every verb about the whole task, each with whether the caller may use it now.',
    resolve: async (task, _args, context) =>
      commandsOfTask(context.actor, task, await factsOf(context, task)),
  }),
)

builder.objectField(StepRef, 'commands', (t) =>
  t.field({
    type: [CommandRef],
    description: 'Every verb about a step, each with whether the caller may use it now.',
    resolve: async (step, _args, context) => {
      const task = await context.read.tasks.task(step.taskId)
      if (task === undefined) return []
      const question =
        step.state === 'WAITING'
          ? await context.read.values.openQuestion({ taskId: step.taskId, stepNo: step.no })
          : undefined
      const facts = { ...(await factsOf(context, task)), question }
      return commandsOfStep(context.actor, task, facts, step)
    },
  }),
)

export const taskId = { required: true, description: 'The task: either form of its id.' } as const
export const stepNo = { required: true, description: 'Number of the step.' } as const
const wait = {
  description:
    'Answer only when the task has stopped or needs a person, at the latest after so many seconds (0 to 60).',
} as const
export const reason = { description: 'A sentence for the record.' } as const

export const TaskCommandInput = builder.inputType('TaskCommandInput', {
  description: 'A command about a whole task.',
  fields: (t) => ({
    taskId: t.id(taskId),
    reason: t.string(reason),
    wait: t.int(wait),
  }),
})

const PauseTaskInput = builder.inputType('PauseTaskInput', {
  description: 'Which task to pause, and whether its sub-tasks pause with it.',
  fields: (t) => ({
    taskId: t.id(taskId),
    reason: t.string(reason),
    wait: t.int(wait),
    alone: t.boolean({ description: 'Only the task itself: its sub-tasks go on. Not given: no.' }),
  }),
})

const StepCommandInput = builder.inputType('StepCommandInput', {
  description: 'A command about one step.',
  fields: (t) => ({ taskId: t.id(taskId), stepNo: t.int(stepNo), reason: t.string(reason) }),
})

const ReviewStepInput = builder.inputType('ReviewStepInput', {
  description: 'What happened to a step whose executor died while it ran.',
  fields: (t) => ({
    taskId: t.id(taskId),
    stepNo: t.int(stepNo),
    decision: t.field({ type: ReviewDecisionEnum, required: true, description: 'How to go on.' }),
    output: t.field({ type: 'JSON', description: 'For MARK_DONE: what it would have answered.' }),
    reason: t.string(reason),
  }),
})

const ReviewAllStepsInput = builder.inputType('ReviewAllStepsInput', {
  description: 'What happened to all steps of a task whose executor died while they ran.',
  fields: (t) => ({
    taskId: t.id(taskId),
    decision: t.field({ type: ReviewDecisionEnum, required: true, description: 'How to go on, with each.' }),
    output: t.field({ type: 'JSON', description: 'For MARK_DONE: what each would have answered.' }),
    reason: t.string(reason),
  }),
})

const ResolveTaskInput = builder.inputType('ResolveTaskInput', {
  description: 'The approval of a task.',
  fields: (t) => ({
    taskId: t.id(taskId),
    resolverInput: t.field({
      type: 'JSON',
      description: 'Values of the template’s resolver inputs, by name.',
    }),
  }),
})

const CommentTaskInput = builder.inputType('CommentTaskInput', {
  description: 'A comment on a task.',
  fields: (t) => ({
    taskId: t.id(taskId),
    text: t.string({ required: true, description: 'What to say; up to 100,000 characters.' }),
  }),
})

/** Carries it out; whatever the answer shows is read after it. */
export async function carryOut(
  context: Context,
  id: string,
  command: TaskCommand,
  wait?: number | null,
): Promise<TaskRow> {
  const { parts, actor } = context
  const row = await commandTask(parts, actor, demandUuid('Task', id), command, wait)
  forgetRead(context)
  return row
}

const taskVerbs = {
  cancelTask: {
    kind: 'cancel',
    description: 'Ends a task: running actions are stopped. Also one that nobody runs.',
  },
  resumeTask: {
    kind: 'resume',
    description: 'Continues a paused task where it stopped, and its sub-tasks that were paused with it.',
  },
  rejectTask: { kind: 'reject', description: 'Refuses a task that waits for approval; it ends as rejected.' },
  startTaskOver: {
    kind: 'start-over',
    description:
      'Lets a paused task begin again from its first step; of one that was cancelled or failed it makes a new task.',
  },
  extendTaskRetries: {
    kind: 'extend-retries',
    description: 'Gives a task that used up its automatic retries as many again.',
  },
} as const

const stepVerbs = {
  retryStep: { kind: 'retry-step', description: 'Runs a failed step again.' },
  skipStep: { kind: 'skip-step', description: 'Goes on without a step.' },
} as const

// Who may do it is decided by the table of domains/tasks/verb-rules.ts, for owners and resolvers too.
export const authScopes = { permission: 'task.view' } as const

for (const [name, { kind, description }] of Object.entries(taskVerbs)) {
  builder.mutationField(name, (t) =>
    t.field({
      type: TaskRef,
      description,
      authScopes,
      args: { input: t.arg({ type: TaskCommandInput, required: true, description: 'Which task.' }) },
      resolve: (_root, { input }, context) =>
        carryOut(context, input.taskId, { kind, reason: input.reason }, input.wait),
    }),
  )
}

for (const [name, { kind, description }] of Object.entries(stepVerbs)) {
  builder.mutationField(name, (t) =>
    t.field({
      type: TaskRef,
      description,
      authScopes,
      args: { input: t.arg({ type: StepCommandInput, required: true, description: 'Which step.' }) },
      resolve: (_root, { input }, context) =>
        carryOut(context, input.taskId, { kind, stepNo: input.stepNo, reason: input.reason }),
    }),
  )
}

builder.mutationFields((t) => ({
  pauseTask: t.field({
    type: TaskRef,
    description:
      'Starts no further step of a task, and of its sub-tasks that stop with it, until it is resumed. Sub-tasks with on_parent_stop: leave go on; one that is paused already, or waits for an approval, stays as it is.',
    authScopes,
    args: { input: t.arg({ type: PauseTaskInput, required: true, description: 'Which task.' }) },
    resolve: (_root, { input: { taskId: id, wait, ...rest } }, context) =>
      carryOut(context, id, { kind: 'pause', ...rest }, wait),
  }),
  reviewStep: t.field({
    type: TaskRef,
    description: 'Says what happened to an interrupted step, so that its task can go on.',
    authScopes,
    args: { input: t.arg({ type: ReviewStepInput, required: true, description: 'What happened.' }) },
    resolve: (_root, { input: { taskId: id, ...rest } }, context) =>
      carryOut(context, id, { kind: 'review-step', ...rest }),
  }),
  reviewAllSteps: t.field({
    type: TaskRef,
    description:
      'One answer for every step, and every item of a loop, that was interrupted and waits for a review now; then the task goes on. How many they are, `Task.stepsByState` says (CRASHED).',
    authScopes,
    args: { input: t.arg({ type: ReviewAllStepsInput, required: true, description: 'What happened.' }) },
    resolve: (_root, { input: { taskId: id, ...rest } }, context) =>
      carryOut(context, id, { kind: 'review-step', ...rest }),
  }),
  resolveTask: t.field({
    type: TaskRef,
    description: 'Accepts a task that waits for approval, with what its template asks of a resolver.',
    authScopes,
    args: { input: t.arg({ type: ResolveTaskInput, required: true, description: 'The approval.' }) },
    resolve: (_root, { input }, context) =>
      carryOut(context, input.taskId, {
        kind: 'resolve',
        resolverInput: readObject('resolverInput', input.resolverInput),
      }),
  }),
  commentTask: t.field({
    type: TaskRef,
    description: 'Puts a comment on the record of a task.',
    authScopes,
    args: { input: t.arg({ type: CommentTaskInput, required: true, description: 'The comment.' }) },
    resolve: (_root, { input }, context) =>
      carryOut(context, input.taskId, { kind: 'comment', text: input.text.trim() }),
  }),
}))
