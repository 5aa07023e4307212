import { Title } from '@patternfly/react-core'
import { Link } from '@tanstack/react-router'
import { graphql } from '../../client/gql.ts'
import { paths } from '../../client/paths.ts'
import { usePageQuery } from '../../client/query.ts'
import { useCan } from '../../client/session.ts'
import { useSteadily } from '../../client/steady.ts'
import { Moment } from '../../kit/Moment.tsx'
import { StatusIcon } from '../../kit/StatusLabel.tsx'
import type { Status } from '../../kit/status.ts'
import type { LiveTask } from '../words.ts'

const ToldQuery = graphql(`
  query TaskDeliveries($id: ID!) {
    task(id: $id) {
      id
      deliveries {
        id
        channel
        state
        createdAt
        lastError
      }
    }
  }
`)

const looks: Record<'WAITING' | 'DELIVERED' | 'FAILED', Status> = {
  WAITING: { tone: 'waiting', word: 'On its way' },
  DELIVERED: { tone: 'success', word: 'Delivered' },
  FAILED: { tone: 'error', word: 'Not delivered' },
}

const shownMost = 8
const everyMs = 2000

/** What channels were told about the task. Draws nothing while that is nothing. */
export function Told({ task }: { task: LiveTask }) {
  const { data, refetch } = usePageQuery(ToldQuery, { id: task.id })
  useSteadily(`${task.lastSeq}`, refetch, { everyMs })
  const canManage = useCan('channel.manage')
  const told = data?.task?.deliveries ?? []
  if (told.length === 0) return null
  return (
    <section aria-label="Told to channels">
      <Title headingLevel="h3" size="md">
        Told to channels
      </Title>
      <ul className="st-lines">
        {told.slice(0, shownMost).map((delivery) => (
          <li key={delivery.id} className="st-line">
            <StatusIcon status={looks[delivery.state]} />
            <span className="st-break" title={delivery.lastError ?? undefined}>
              {canManage ? (
                <Link {...paths.deliveries({ channel: delivery.channel })}>{delivery.channel}</Link>
              ) : (
                delivery.channel
              )}
            </span>
            <span className="st-quiet st-small">
              <Moment at={delivery.createdAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
