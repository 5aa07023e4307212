import { useEffect, useEffectEvent } from 'react'
import { type AnyVariables, type CombinedError, type DocumentInput, useClient } from 'urql'
import { useConnection } from './connection.ts'

interface LiveOptions<Data> {
  readonly pause?: boolean
  readonly onData?: (data: Data) => void
  readonly onError?: (error: CombinedError) => void
}

/**
 * Keeps one subscription open while the component stands. What it delivers also lands in the cache by id, so most
 * callers need no `onData`. Starts anew when document or variables change and after signing in again.
 */
export function useLive<Data, Variables extends AnyVariables>(
  document: DocumentInput<Data, Variables>,
  variables: Variables,
  options: LiveOptions<Data> = {},
): void {
  const client = useClient()
  const { renewals } = useConnection()
  const deliver = useEffectEvent((data: Data) => options.onData?.(data))
  const fail = useEffectEvent((error: CombinedError) => options.onError?.(error))
  const key = JSON.stringify(variables)
  const pause = options.pause ?? false
  // `key` stands for the variables, `renewals` asks for a new start.
  useEffect(() => {
    if (pause) return
    const { unsubscribe } = client.subscription(document, variables).subscribe((result) => {
      if (result.error) fail(result.error)
      if (result.data) deliver(result.data)
    })
    return unsubscribe
  }, [client, document, key, pause, renewals])
}
