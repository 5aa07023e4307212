import { answerInput } from '../domains/tasks/answer.ts'
import { countOfAttention, cursorOf, pageOfAttention } from '../domains/tasks/attention.ts'
import { InputProblem } from '../domains/tasks/input-problem.ts'
import { type AttentionKind, attentionKinds, type TaskRow } from '../domains/tasks/model.ts'
import { builder } from './builder.ts'
import { authScopes, stepNo, taskId } from './command.ts'
import { type Context, forgetRead } from './context.ts'
import { wordsEnum } from './enums.ts'
import { demandUuid } from './ids.ts'
import { forwardArgs, pageCost } from './paging.ts'
import { TaskRef } from './task.ts'

const AttentionKindEnum = wordsEnum<AttentionKind>(
  'AttentionKind',
  'What a person is waited for.',
  attentionKinds,
  {
    approval: 'To accept or reject a task.',
    input: 'To answer a step that asks.',
    review: 'To decide about a step whose executor died while it ran.',
    paused: 'To look at a task that paused.',
  },
)

interface AttentionItem {
  readonly kind: AttentionKind
  readonly task: TaskRow
  readonly stepNo: number | null
  readonly since: Date
}

/** The question itself, or the answer to "why does it not run?". */
async function sentenceOf({ kind, task, stepNo: no }: AttentionItem, { read }: Context): Promise<string> {
  if (kind === 'input' && no !== null) {
    const question = await read.values.question(task, no)
    if (question?.form.title) return question.form.title
    return `Step ${(await read.tasks.step(task.id, no))?.name ?? no} asks for an answer.`
  }
  return (await read.values.why(task))?.sentence ?? task.title
}

const AttentionItemRef = builder.objectRef<AttentionItem>('AttentionItem').implement({
  description: 'Something that waits for the caller, and that he may act on.',
  fields: (t) => ({
    kind: t.expose('kind', { type: AttentionKindEnum, description: 'What he is waited for.' }),
    task: t.expose('task', { type: TaskRef, description: 'The task.' }),
    stepNo: t.exposeInt('stepNo', { nullable: true, description: 'The step that asks, for INPUT.' }),
    stepName: t.string({
      nullable: true,
      description: 'Its name.',
      resolve: async ({ task, stepNo: no }, _args, { read }) =>
        no === null ? null : ((await read.tasks.step(task.id, no))?.name ?? null),
    }),
    since: t.expose('since', { type: 'DateTime', description: 'Since when it waits.' }),
    sentence: t.string({
      description: 'What is asked, or why it waits.',
      resolve: (item, _args, context) => sentenceOf(item, context),
    }),
    canAct: t.boolean({
      description: 'The caller may act on it now: lists of what needs attention hold nothing else.',
      resolve: () => true,
    }),
  }),
})

const AttentionEdge = builder.edgeObject({
  type: AttentionItemRef,
  name: 'AttentionEdge',
  description: 'One of a list of what waits, with its place.',
})
const AttentionConnection = builder.connectionObject(
  {
    type: AttentionItemRef,
    name: 'AttentionConnection',
    description: 'A page of what waits for the caller.',
  },
  AttentionEdge,
)

const AnswerInputInput = builder.inputType('AnswerInputInput', {
  description: 'The answer to a step that asks a person.',
  fields: (t) => ({
    taskId: t.id(taskId),
    stepNo: t.int(stepNo),
    answer: t.field({ type: 'JSON', required: true, description: 'It must fit the form of the step.' }),
  }),
})

builder.queryFields((t) => ({
  needsAttention: t.field({
    type: AttentionConnection,
    description:
      'Approvals, open inputs, reviews and paused tasks that the caller may act on; what waited longest comes first.',
    authScopes,
    complexity: pageCost,
    args: {
      kinds: t.arg({ type: [AttentionKindEnum], description: 'Only these kinds; all when absent.' }),
      ...forwardArgs,
    },
    resolve: async (_root, { kinds, first, after }, { parts, actor, read }) => {
      const page = await pageOfAttention(parts.app, actor, { kinds, first, after })
      const tasks = await Promise.all(page.items.map((row) => read.tasks.task(row.taskId)))
      const edges = page.items.flatMap((row, index) => {
        const task = tasks[index]
        const { kind, stepNo: no, since } = row
        return task ? [{ cursor: cursorOf(row), node: { kind, task, stepNo: no, since } }] : []
      })
      const pageInfo = {
        hasNextPage: page.more,
        hasPreviousPage: typeof after === 'string',
        startCursor: edges.at(0)?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      }
      return { edges, pageInfo }
    },
  }),
  needsAttentionCount: t.int({
    description: 'How many things wait for the caller; a thousand of each kind at the most.',
    authScopes,
    resolve: (_root, _args, { parts, actor }) => countOfAttention(parts.app, actor),
  }),
}))

builder.mutationField('answerInput', (t) =>
  t.field({
    type: TaskRef,
    description: 'Answers a step that asks a person; the task goes on.',
    authScopes,
    errors: {
      types: [InputProblem],
      union: { name: 'AnswerInputResult', description: 'The task, or the fields that do not fit.' },
    },
    args: { input: t.arg({ type: AnswerInputInput, required: true, description: 'The answer.' }) },
    resolve: async (_root, { input }, context) => {
      const { parts, actor } = context
      const id = demandUuid('Task', input.taskId)
      const row = await answerInput(parts, actor, id, input.stepNo, input.answer)
      forgetRead(context)
      return row
    },
  }),
)
