import { correctComment } from '../domains/tasks/comments.ts'
import { builder } from './builder.ts'
import { authScopes, taskId } from './command.ts'
import { forgetRead } from './context.ts'
import { demandUuid } from './ids.ts'
import { TaskRef } from './task.ts'

const seq = {
  required: true,
  description: 'Number of the comment on the record: its `TaskEvent.seq`.',
} as const

const EditCommentInput = builder.inputType('EditCommentInput', {
  description: 'Another text for a comment of one’s own.',
  fields: (t) => ({
    taskId: t.id(taskId),
    seq: t.int(seq),
    text: t.string({ required: true, description: 'What it should say; up to 100,000 characters.' }),
  }),
})

const DeleteCommentInput = builder.inputType('DeleteCommentInput', {
  description: 'A comment of one’s own that shall not count any more.',
  fields: (t) => ({ taskId: t.id(taskId), seq: t.int(seq) }),
})

builder.mutationFields((t) => ({
  editComment: t.field({
    type: TaskRef,
    description:
      'Corrects a comment: the record gets a further entry `comment-corrected`, with the number of the comment as `of`.',
    authScopes,
    args: { input: t.arg({ type: EditCommentInput, required: true, description: 'The correction.' }) },
    resolve: async (_root, { input: { taskId: id, ...correction } }, context) => {
      const row = await correctComment(context.parts, context.actor, demandUuid('Task', id), correction)
      forgetRead(context)
      return row
    },
  }),
  deleteComment: t.field({
    type: TaskRef,
    description:
      'Takes a comment back: the record gets a further entry `comment-withdrawn`, with the number of the comment as `of`.',
    authScopes,
    args: { input: t.arg({ type: DeleteCommentInput, required: true, description: 'Which one.' }) },
    resolve: async (_root, { input: { taskId: id, seq: no } }, context) => {
      const row = await correctComment(context.parts, context.actor, demandUuid('Task', id), { seq: no })
      forgetRead(context)
      return row
    },
  }),
}))
