import { Link } from '@tanstack/react-router'
import type { ResultOf } from 'gql.tada'
import { graphql } from '../../client/gql.ts'
import type { NodeOf } from '../../client/nodes.ts'
import { paths } from '../../client/paths.ts'
import { Duration } from '../../kit/Duration.tsx'
import { StatusLabel } from '../../kit/StatusLabel.tsx'
import { endOfStep, stepStatus } from '../../kit/status.ts'
import type { Column } from '../../kit/table/column.ts'
import { itemText } from './items.ts'

export const LoopItemsQuery = graphql(`
  query LoopItems($id: ID!, $no: Int!, $states: [String!], $first: Int, $after: String) {
    task(id: $id) {
      id
      steps(parentNo: $no, states: $states, first: $first, after: $after) {
        edges {
          node {
            taskId
            no
            item
            itemIndex
            state
            tryCount
            startedAt
            endedAt
            dueAt
            errorSummary
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`)

type Item = NodeOf<NonNullable<ResultOf<typeof LoopItemsQuery>['task']>['steps']>

function ItemCell({ uuid, item }: { uuid: string; item: Item }) {
  const text = itemText(item.item)
  return (
    <div className="st-cell">
      <Link
        {...paths.task(uuid, { tab: 'steps', step: item.no })}
        className="st-row st-nowrap"
        resetScroll={false}
        title={text}
      >
        <span className="st-quiet st-number">#{(item.itemIndex ?? 0) + 1}</span>
        <span className="st-ellipsis st-code">{text}</span>
      </Link>
      {item.errorSummary && (
        <span className="st-loop__error st-small st-clamp st-break" title={item.errorSummary}>
          {item.errorSummary}
        </span>
      )}
    </div>
  )
}

export const itemColumns = (uuid: string): readonly Column<Item>[] => [
  {
    key: 'item',
    title: 'Item',
    width: 50,
    isSelfEvident: true,
    cell: (item) => <ItemCell uuid={uuid} item={item} />,
  },
  {
    key: 'state',
    title: 'State',
    cell: (item) => <StatusLabel status={stepStatus(item)} isCompact />,
    watches: (item) => item.state,
  },
  {
    key: 'tries',
    title: 'Tries',
    isRight: true,
    cell: (item) => item.tryCount || '–',
    isWideOnly: true,
  },
  { key: 'took', title: 'Took', cell: (item) => <Duration from={item.startedAt} to={endOfStep(item)} /> },
]
