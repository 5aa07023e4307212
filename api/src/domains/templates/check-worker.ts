import { parentPort } from 'node:worker_threads'
import type { LaterCheck } from '@stint/schema/actions'
import { checkTemplate } from '@stint/schema/template'
import { schemaProblem } from '../../engine/template/json-schema.ts'
import { expressionProblem } from '../../engine/values/expression.ts'
import type { CheckAnswer, CheckQuestion } from './check-thread.ts'

/** The thread of CheckThread. */
parentPort?.on('message', ({ text, ...known }: CheckQuestion) => {
  const later: LaterCheck[] = []
  const checked = checkTemplate(text, {
    ...known,
    schemaProblem,
    expressionProblem,
    later: (question) => later.push(question),
  })
  parentPort?.postMessage({ ...checked, later } satisfies CheckAnswer)
})
