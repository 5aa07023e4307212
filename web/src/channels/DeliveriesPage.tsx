import { Button } from '@patternfly/react-core'
import PaperPlaneIcon from '@patternfly/react-icons/dist/esm/icons/paper-plane-icon'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type ResultOf, readFragment } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { useAction } from '../client/mutation.ts'
import { type NodeOf, nodesOf } from '../client/nodes.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { useRepeatedly } from '../client/repeat.ts'
import { type DeliverySearch, type DeliveryState, deliveryStates } from '../client/search.ts'
import { enumOf, sentenceCase } from '../client/words.ts'
import { Empty } from '../kit/Empty.tsx'
import { FilterBar } from '../kit/filter/FilterBar.tsx'
import { WordFilter } from '../kit/filter/WordFilter.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import { StatusLabel } from '../kit/StatusLabel.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'
import { ForwardPager, usePages } from '../kit/table/ForwardPager.tsx'
import { ChannelsTabs } from './ChannelsTabs.tsx'
import { DeliveryRow, deliveryStatus, eventText } from './words.ts'

const DeliveriesPageQuery = graphql(
  `
    query DeliveriesPage($channel: String, $states: [DeliveryState!], $first: Int, $after: String) {
      deliveries(channel: $channel, states: $states, first: $first, after: $after) {
        edges {
          node {
            id
            ...DeliveryRow_delivery
            task {
              id
              uuid
              title
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [DeliveryRow],
)

const RetryDelivery = graphql(
  `
    mutation RetryDelivery($id: ID!) {
      retryDelivery(id: $id) {
        id
        ...DeliveryRow_delivery
      }
    }
  `,
  [DeliveryRow],
)

type Row = NodeOf<ResultOf<typeof DeliveriesPageQuery>['deliveries']>
type ApiState = `${Uppercase<DeliveryState>}`

const of = (row: Row) => readFragment(DeliveryRow, row)

function What({ row }: { row: Row }) {
  const delivery = of(row)
  return (
    <div className="st-cell">
      {row.task && (
        <Link {...paths.task(row.task.uuid)} className="st-clamp st-break" title={row.task.title}>
          {row.task.title}
        </Link>
      )}
      <span className={row.task ? 'st-quiet st-small' : undefined}>{eventText(delivery.event)}</span>
      {delivery.lastError && (
        <span className="st-quiet st-small st-clamp st-break" title={delivery.lastError}>
          {delivery.lastError}
        </span>
      )}
    </div>
  )
}

const columns: readonly Column<Row>[] = [
  {
    key: 'state',
    title: 'State',
    isSelfEvident: true,
    cell: (row) => <StatusLabel status={deliveryStatus[of(row).state]} isCompact />,
    watches: (row) => of(row).state,
  },
  { key: 'what', title: 'What', width: 35, isSelfEvident: true, cell: (row) => <What row={row} /> },
  {
    key: 'channel',
    title: 'Channel',
    width: 20,
    cell: (row) => (
      <Link {...paths.deliveries({ channel: of(row).channel })} className="st-break">
        {of(row).channel}
      </Link>
    ),
  },
  {
    key: 'tries',
    title: 'Tries',
    isRight: true,
    cell: (row) => of(row).tries,
    watches: (row) => of(row).tries,
  },
  {
    key: 'answer',
    title: 'Answer',
    cell: (row) => of(row).responseStatus ?? '–',
    isWideOnly: true,
  },
  {
    key: 'when',
    title: 'When',
    cell: (row) => {
      const { deliveredAt, dueAt, createdAt } = of(row)
      if (deliveredAt || !dueAt) return <Moment at={deliveredAt ?? createdAt} />
      return (
        <span>
          next try <Moment at={dueAt} isDue />
        </span>
      )
    },
  },
]

const route = getRouteApi('/signed-in/channels/deliveries')
const pageSize = 50
const everyMs = 3000

/** What was told to whom, and did it arrive? Newest first. */
export function DeliveriesPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const pages = usePages()
  const { data, problem, isOld, refetch } = usePageQuery(
    DeliveriesPageQuery,
    {
      channel: search.channel,
      states: search.state?.map((state) => enumOf<ApiState>(state)),
      first: pageSize,
      after: pages.after,
    },
    { keepOld: true },
  )
  useRepeatedly(refetch, everyMs)
  const retry = useAction(RetryDelivery)
  const change = (next: Partial<DeliverySearch>) => {
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  }
  const chips = [
    ...(search.channel
      ? [
          {
            key: 'channel',
            text: `Channel ${search.channel}`,
            onRemove: () => change({ channel: undefined }),
          },
        ]
      : []),
  ]
  return (
    <Page
      title="Channels"
      tabTitle="Deliveries"
      facts="Everything that was to be told, with every try."
      tabs={<ChannelsTabs current="deliveries" />}
    >
      <FilterBar chips={chips} onClear={() => change({ channel: undefined, state: undefined })}>
        <WordFilter
          label="State"
          words={deliveryStates}
          chosen={search.state}
          titleOf={sentenceCase}
          onChange={(state) => change({ state })}
        />
      </FilterBar>
      {retry.problem && <ProblemAlert problem={retry.problem} />}
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ deliveries }) =>
          deliveries.edges.length === 0 ? (
            <Empty title="Nothing was told" icon={PaperPlaneIcon}>
              {search.state || search.channel ? 'No delivery matches.' : undefined}
            </Empty>
          ) : (
            <>
              <DataTable
                label="Deliveries"
                columns={[...columns, retryColumn(retry.isRunning, (id) => void retry.run({ id }))]}
                rows={nodesOf(deliveries)}
                keyOf={(row) => row.id}
                nameOf={(row) => `delivery ${row.id}`}
                markOf={(row) => (of(row).state === 'FAILED' ? 'bad' : undefined)}
                isOld={isOld}
              />
              <ForwardPager pages={pages} pageInfo={deliveries.pageInfo} label="Pages of deliveries" />
            </>
          )
        }
      </QueryState>
    </Page>
  )
}

const retryColumn = (isRunning: boolean, onRetry: (id: string) => void): Column<Row> => ({
  key: 'retry',
  title: 'Try again',
  isTitleHidden: true,
  isSelfEvident: true,
  cell: (row) =>
    of(row).state === 'DELIVERED' ? null : (
      <Button
        variant="secondary"
        size="sm"
        isDisabled={isRunning}
        aria-label={`Try again: ${eventText(of(row).event)}, ${of(row).channel}`}
        onClick={() => onRetry(row.id)}
      >
        Try again
      </Button>
    ),
})
