import { Link } from '@tanstack/react-router'
import { type FragmentOf, readFragment } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { nodesOf } from '../client/nodes.ts'
import { paths } from '../client/paths.ts'
import { wordOf } from '../client/words.ts'
import { Moment } from '../kit/Moment.tsx'
import { Panel } from '../kit/Panel.tsx'
import { Sentence } from '../kit/Sentence.tsx'
import { StatusIcon } from '../kit/StatusLabel.tsx'
import { taskStatus } from '../kit/status.ts'

export const WaitingForPeopleFragment = graphql(`
  fragment WaitingForPeople_query on Query {
    paused: tasks(filter: { states: [PAUSED] }, first: 6) {
      edges {
        node {
          id
          uuid
          title
          state
          reason
          errorSummary
          stateUpdatedAt
          why {
            sentence
          }
        }
      }
    }
  }
`)

/** What stands still until a person does something. */
export function WaitingForPeople({ query }: { query: FragmentOf<typeof WaitingForPeopleFragment> }) {
  const { paused } = readFragment(WaitingForPeopleFragment, query)
  return (
    <Panel title="Needs a person" actions={<Link {...paths.tasks({ state: ['paused'] })}>All paused</Link>}>
      {paused.edges.length === 0 ? (
        <p className="st-quiet">No task waits for you or anybody else.</p>
      ) : (
        <ul className="st-lines">
          {nodesOf(paused).map((task) => (
            <li key={task.id} className="st-line">
              <StatusIcon status={taskStatus(wordOf(task.state) as 'paused', 'pending')} />
              <div className="st-cell">
                <Link {...paths.task(task.uuid)} className="st-clamp st-break">
                  {task.title}
                </Link>
                <span className="st-quiet st-small st-clamp st-break">
                  <Sentence text={task.errorSummary ?? task.why?.sentence ?? ''} />
                </span>
              </div>
              <span className="st-quiet st-small">
                <Moment at={task.stateUpdatedAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
