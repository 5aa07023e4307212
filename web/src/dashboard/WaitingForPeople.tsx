import { Link } from '@tanstack/react-router'
import { type FragmentOf, type ResultOf, readFragment } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { nodesOf } from '../client/nodes.ts'
import { paths } from '../client/paths.ts'
import { Moment } from '../kit/Moment.tsx'
import { Panel } from '../kit/Panel.tsx'
import { Sentence } from '../kit/Sentence.tsx'
import { StatusIcon } from '../kit/StatusLabel.tsx'
import type { Status } from '../kit/status.ts'

export const WaitingForPeopleFragment = graphql(`
  fragment WaitingForPeople_query on Query {
    needsAttentionCount
    needsAttention(first: 4) {
      edges {
        node {
          kind
          stepNo
          since
          sentence
          task {
            id
            uuid
            title
          }
        }
      }
    }
  }
`)

type Kind = ResultOf<typeof WaitingForPeopleFragment>['needsAttention']['edges'][number]['node']['kind']

const statusOfKind: Record<Kind, Status> = {
  APPROVAL: { tone: 'waiting', word: 'Waits for approval' },
  INPUT: { tone: 'waiting', word: 'Asks for an answer' },
  REVIEW: { tone: 'error', word: 'Needs review' },
  PAUSED: { tone: 'paused', word: 'Paused' },
}

// As many as the query asks for.
const shownMost = 4

/** What stands still until a person does something. */
export function WaitingForPeople({ query }: { query: FragmentOf<typeof WaitingForPeopleFragment> }) {
  const { needsAttention, needsAttentionCount } = readFragment(WaitingForPeopleFragment, query)
  return (
    <Panel
      title="Needs attention"
      actions={
        <Link {...paths.attention()}>
          {needsAttentionCount > shownMost ? `All ${needsAttentionCount.toLocaleString('en')}` : 'All'}
        </Link>
      }
    >
      {needsAttention.edges.length === 0 ? (
        <p className="st-quiet">Nothing waits for you.</p>
      ) : (
        <ul className="st-lines">
          {nodesOf(needsAttention).map((item) => (
            <li key={`${item.kind} ${item.task.id} ${item.stepNo}`} className="st-line">
              <StatusIcon status={statusOfKind[item.kind]} />
              <div className="st-cell">
                <Link
                  {...paths.task(
                    item.task.uuid,
                    item.stepNo === null ? {} : { tab: 'steps', step: item.stepNo },
                  )}
                  className="st-clamp st-break"
                >
                  {item.task.title}
                </Link>
                <span className="st-quiet st-small st-clamp st-break">
                  <Sentence text={item.sentence} />
                </span>
              </div>
              <span className="st-quiet st-small">
                <Moment at={item.since} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
