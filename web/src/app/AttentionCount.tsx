import { Badge } from '@patternfly/react-core'
import { useEffect } from 'react'
import { useQuery } from 'urql'
import { graphql } from '../client/gql.ts'
import { useTaskPulse } from '../client/pulse.ts'

const AttentionCountQuery = graphql(`
  query AttentionCount {
    needsAttentionCount
  }
`)

/** How much waits for the person in front of the page. Draws nothing while that is nothing. */
export function AttentionCount() {
  const [{ data }, ask] = useQuery({ query: AttentionCountQuery })
  const changes = useTaskPulse()
  useEffect(() => {
    if (changes > 0) ask({ requestPolicy: 'network-only' })
  }, [changes, ask])
  const count = data?.needsAttentionCount ?? 0
  if (count === 0) return null
  return (
    <Badge isRead={false} screenReaderText="waiting">
      {count > 99 ? '99+' : count}
    </Badge>
  )
}
