import { workerData } from 'node:worker_threads'
import { answerOf } from './expression-evaluate.ts'
import type { ExpressionQuestion, ThreadStart } from './expression-thread.ts'

// The thread of expressions: answers at its port and rings the bell for the one that waits.
const { bell, port } = workerData as ThreadStart

function ring(): void {
  Atomics.store(bell, 0, 1)
  Atomics.notify(bell, 0)
}

port.on('message', (question: ExpressionQuestion) => {
  port.postMessage(answerOf(question))
  ring()
})
ring()
