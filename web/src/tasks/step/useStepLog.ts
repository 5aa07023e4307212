import { useReducer, useRef } from 'react'
import { useGather } from '../../client/gather.ts'
import { graphql } from '../../client/gql.ts'
import { useLive } from '../../client/live.ts'
import { appendChunks, emptyLog, type Log, type LogChunk } from '../../kit/log/lines.ts'

const StepOutput = graphql(`
  subscription StepOutput($taskId: ID!, $stepNo: Int!, $attemptNo: Int, $after: Int) {
    stepOutput(taskId: $taskId, stepNo: $stepNo, attemptNo: $attemptNo, after: $after) {
      stepNo
      attemptNo
      seq
      stream
      at
      text
    }
  }
`)

/**
 * The output of a step from its beginning, and what comes as long as it is watched. With an attempt only that one's;
 * without, the current one and those that follow it.
 */
export function useStepLog(taskId: string, stepNo: number, attemptNo: number | undefined): Log {
  const [log, append] = useReducer(appendChunks, emptyLog)
  const seen = useRef(new Set<string>())
  const gather = useGather<LogChunk>(append)
  useLive(
    StepOutput,
    { taskId, stepNo, attemptNo, after: 0 },
    {
      onData({ stepOutput: chunk }) {
        // After a lost connection the stream begins again where it stood; should it overlap, nothing is shown twice.
        const key = `${chunk.attemptNo}/${chunk.seq}`
        if (seen.current.has(key)) return
        seen.current.add(key)
        gather(chunk)
      },
    },
  )
  return log
}
