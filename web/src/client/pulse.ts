import { useEffect, useRef, useState } from 'react'
import { graphql } from './gql.ts'
import { useLive } from './live.ts'

const AnyTaskChanged = graphql(`
  subscription AnyTaskChanged($after: String) {
    tasksChanged(after: $after) {
      token
      resync
    }
  }
`)

const beatMs = 1000

/** Rises at most once a second while tasks change: the moment to ask for the numbers again. */
export function useTaskPulse(): number {
  const [beats, setBeats] = useState(0)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useLive(
    AnyTaskChanged,
    { after: undefined },
    {
      onData() {
        timer.current ??= setTimeout(() => {
          timer.current = undefined
          setBeats((before) => before + 1)
        }, beatMs)
      },
    },
  )
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      timer.current = undefined
    },
    [],
  )
  return beats
}
