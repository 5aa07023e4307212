import { canCommandTask } from '../domains/access/model.ts'
import type { StepQuestion, StepRow } from '../domains/tasks/model.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { StepRef } from './step.ts'
import { TaskRef } from './task.ts'
import { TaskCountRef } from './task-list.ts'

/** A callback whose address may be shown. */
type ShownCallback = StepQuestion & { readonly url: string }

const when = { type: 'DateTime', nullable: true } as const

const StepCallbackRef = builder.objectRef<ShownCallback>('StepCallback').implement({
  description: 'An address that another system calls once.',
  fields: (t) => ({
    url: t.exposeString('url', { description: 'The address with its token; whoever has it may call.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the address was made.' }),
    expiresAt: t.expose('expiresAt', { ...when, description: 'A call that comes later is refused.' }),
    calledAt: t.expose('answeredAt', { ...when, description: 'When the call came.' }),
  }),
})

/** Only of steps that were tried: the others have asked nothing, and nothing has to be read for them. */
async function questionOf(step: StepRow, { read }: Context): Promise<StepQuestion | undefined> {
  const task = step.attemptNo === 0 ? undefined : await read.tasks.task(step.taskId)
  return task && read.values.question(task, step.no)
}

builder.objectFields(StepRef, (t) => ({
  childTasks: t.field({
    type: [TaskRef],
    description: 'Tasks that it started, newest first, at most 20; `Task.children` pages through all.',
    resolve: async ({ taskId, no, attemptNo }, _args, { read }) =>
      attemptNo === 0 ? [] : [...(await read.tasks.childTasks(taskId, no))],
  }),
  form: t.field({
    type: 'JSON',
    nullable: true,
    description:
      'What it asks a person now: a JSON Schema with title and description. Null when it asks nothing.',
    resolve: async (step, _args, context) => {
      if (step.state !== 'WAITING') return null
      const question = await questionOf(step, context)
      if (question?.kind !== 'input' || !question.isOpen) return null
      const { schema, title, description } = question.form
      return { ...schema, ...(title && { title }), ...(description && { description }) }
    },
  }),
  callback: t.field({
    type: StepCallbackRef,
    nullable: true,
    description: 'The callback that it made or waits for; null for who may not command the task.',
    resolve: async (step, _args, context) => {
      const question = await questionOf(step, context)
      if (question?.kind !== 'callback' || question.url === undefined) return null
      const task = await context.read.tasks.task(step.taskId)
      return task && canCommandTask(context.actor, task) ? { ...question, url: question.url } : null
    },
  }),
}))

builder.objectField(TaskRef, 'childCounts', (t) =>
  t.field({
    type: [TaskCountRef],
    description: 'How many of the tasks that it started have which state and result.',
    resolve: async ({ id }, _args, { read }) =>
      (await read.tasks.childCounts(id)).map((row) => ({ ...row, isCapped: false })),
  }),
)
