import type { OutputChunk } from '../domains/tasks/model.ts'
import { builder } from './builder.ts'
import { OutputStreamEnum } from './enums.ts'
import { readCount } from './paging.ts'
import { StepRef } from './step.ts'

export const OutputChunkRef = builder.objectRef<OutputChunk>('OutputChunk').implement({
  description: 'A piece of what an attempt wrote while it ran.',
  fields: (t) => ({
    stepNo: t.exposeInt('stepNo', { description: 'The step that wrote it.' }),
    attemptNo: t.exposeInt('attemptNo', { description: 'The attempt that wrote it.' }),
    seq: t.exposeInt('seq', { description: 'Its number within the attempt, ascending from 1.' }),
    stream: t.expose('stream', { type: OutputStreamEnum, description: 'Where it came from.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was written.' }),
    text: t.exposeString('text', { description: 'It need not end with a line end. Secrets are masked.' }),
  }),
})

/** Chunks of one answer; a chunk has up to 64 kB. */
const chunksMax = 500

builder.objectField(StepRef, 'log', (t) =>
  t.field({
    type: [OutputChunkRef],
    description: 'What an attempt wrote, in order.',
    // Read for one step on its own page; a page of logs would be megabytes.
    complexity: { field: 50, multiplier: 10 },
    args: {
      attemptNo: t.arg.int({ description: 'Of this attempt; the newest when absent.' }),
      after: t.arg.int({ defaultValue: 0, description: 'Only chunks with a higher number.' }),
      first: t.arg.int({ defaultValue: chunksMax, description: 'At most so many (1 to 500).' }),
    },
    resolve: async (step, { attemptNo, after, first }, { parts }) => [
      ...(await parts.engine.reader.log(
        step.taskId,
        step.no,
        attemptNo ?? step.attemptNo,
        after ?? 0,
        readCount(first, chunksMax),
      )),
    ],
  }),
)
