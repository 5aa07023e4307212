import { Alert, Button, Label } from '@patternfly/react-core'
import BullhornIcon from '@patternfly/react-icons/dist/esm/icons/bullhorn-icon'
import { Link } from '@tanstack/react-router'
import { type ResultOf, readFragment } from 'gql.tada'
import { useState } from 'react'
import { graphql } from '../client/gql.ts'
import { useAction } from '../client/mutation.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { useCan } from '../client/session.ts'
import { Confirm } from '../kit/Confirm.tsx'
import { Empty } from '../kit/Empty.tsx'
import type { MenuAction } from '../kit/Kebab.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import { StatusIcon } from '../kit/StatusLabel.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'
import { type Channel, ChannelForm, ChannelRow } from './ChannelForm.tsx'
import { ChannelsTabs } from './ChannelsTabs.tsx'
import { type Delivery, DeliveryRow, deliveryStatus, kindTitles, strategyText } from './words.ts'

const ChannelsPageQuery = graphql(
  `
    query ChannelsPage {
      channels {
        name
        ...ChannelRow_channel
        lastDelivery {
          id
          ...DeliveryRow_delivery
        }
      }
    }
  `,
  [ChannelRow, DeliveryRow],
)

const TestChannel = graphql(
  `
    mutation TestChannel($name: String!) {
      testChannel(name: $name) {
        id
        ...DeliveryRow_delivery
      }
    }
  `,
  [DeliveryRow],
)

const DeleteChannel = graphql(`
  mutation DeleteChannel($name: String!) {
    deleteChannel(name: $name)
  }
`)

type Row = ResultOf<typeof ChannelsPageQuery>['channels'][number]

const of = (row: Row): Channel => readFragment(ChannelRow, row)

function LastDelivery({ row }: { row: Row }) {
  if (!row.lastDelivery) return <span className="st-quiet">nothing yet</span>
  const last = readFragment(DeliveryRow, row.lastDelivery)
  return (
    <span className="st-row st-nowrap">
      <StatusIcon status={deliveryStatus[last.state]} />
      <Moment at={last.deliveredAt ?? last.createdAt} />
    </span>
  )
}

const columns: readonly Column<Row>[] = [
  {
    key: 'name',
    title: 'Channel',
    width: 30,
    isSelfEvident: true,
    cell: (row) => (
      <div className="st-cell">
        <span className="st-row">
          <Link {...paths.deliveries({ channel: row.name })} className="st-break">
            {row.name}
          </Link>
          {!of(row).enabled && (
            <Label isCompact variant="outline">
              switched off
            </Label>
          )}
        </span>
        <span className="st-quiet st-small st-break">{of(row).target}</span>
      </div>
    ),
  },
  { key: 'kind', title: 'Kind', cell: (row) => kindTitles[of(row).kind] },
  { key: 'strategy', title: 'Tells', cell: (row) => strategyText(of(row).strategy) },
  { key: 'last', title: 'Last delivery', cell: (row) => <LastDelivery row={row} /> },
  {
    key: 'changed',
    title: 'Changed',
    cell: (row) => (
      <span>
        <Moment at={of(row).updatedAt} /> <span className="st-quiet">by {of(row).updatedBy}</span>
      </span>
    ),
    isWideOnly: true,
  },
]

type Asked = { readonly verb: 'edit' | 'delete'; readonly channel: Channel } | { readonly verb: 'add' }

/** Where does news go, and does it arrive? */
export function ChannelsPage() {
  const { data, problem, refetch } = usePageQuery(ChannelsPageQuery, {})
  const canManage = useCan('channel.manage')
  const [asked, setAsked] = useState<Asked>()
  const test = useAction(TestChannel)
  const [tested, setTested] = useState<Delivery>()
  const tryOut = async (name: string) => {
    setTested(undefined)
    const { data: found } = await test.run({ name })
    if (found) setTested(readFragment(DeliveryRow, found.testChannel))
    refetch()
  }
  const actionsOf = (row: Row): readonly MenuAction[] => [
    { key: 'test', title: 'Send a test', onSelect: () => void tryOut(row.name) },
    { key: 'edit', title: 'Change', onSelect: () => setAsked({ verb: 'edit', channel: of(row) }) },
    {
      key: 'delete',
      title: 'Delete',
      isDangerous: true,
      isApart: true,
      onSelect: () => setAsked({ verb: 'delete', channel: of(row) }),
    },
  ]
  const close = () => setAsked(undefined)
  const done = () => {
    close()
    refetch()
  }
  return (
    <Page
      title="Channels"
      facts="Where news of tasks is sent: webhooks, Slack, mail."
      actions={canManage && <Button onClick={() => setAsked({ verb: 'add' })}>Add a channel</Button>}
      tabs={canManage && <ChannelsTabs current="channels" />}
    >
      <div aria-live="polite" className="st-told">
        {test.isRunning && <p className="st-quiet">Sending a test…</p>}
        {test.problem && <ProblemAlert problem={test.problem} />}
        {tested && <Tested delivery={tested} onClose={() => setTested(undefined)} />}
      </div>
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ channels }) =>
          channels.length === 0 ? (
            <Empty title="No channel yet" icon={BullhornIcon}>
              Tasks go on in silence. Add a channel to be told when something fails or asks for a person.
            </Empty>
          ) : (
            <DataTable
              label="Channels"
              columns={columns}
              rows={channels}
              keyOf={(row) => row.name}
              nameOf={(row) => row.name}
              actionsOf={actionsOf}
            />
          )
        }
      </QueryState>
      {asked?.verb === 'add' && <ChannelForm onSaved={done} onClose={close} />}
      {asked?.verb === 'edit' && <ChannelForm channel={asked.channel} onSaved={done} onClose={close} />}
      {asked?.verb === 'delete' && <RemoveChannel name={asked.channel.name} onDone={done} onClose={close} />}
    </Page>
  )
}

function Tested({ delivery, onClose }: { delivery: Delivery; onClose: () => void }) {
  const isThere = delivery.state === 'DELIVERED'
  return (
    <Alert
      variant={isThere ? 'success' : delivery.state === 'FAILED' ? 'danger' : 'info'}
      isInline
      component="p"
      title={
        isThere
          ? `The channel ${delivery.channel} took the test.`
          : delivery.state === 'FAILED'
            ? `The test did not reach ${delivery.channel}.`
            : `The test for ${delivery.channel} is on its way.`
      }
      actionClose={
        <Button variant="plain" aria-label="Close" onClick={onClose}>
          ×
        </Button>
      }
    >
      {delivery.lastError}
    </Alert>
  )
}

function RemoveChannel({ name, onDone, onClose }: { name: string; onDone: () => void; onClose: () => void }) {
  const remove = useAction(DeleteChannel)
  const go = async () => {
    const { problem } = await remove.run({ name })
    if (!problem) onDone()
  }
  return (
    <Confirm
      title={`Delete channel ${name}?`}
      verb="Delete channel"
      isDangerous
      isRunning={remove.isRunning}
      problem={remove.problem}
      onConfirm={() => void go()}
      onClose={onClose}
    >
      What waits to be delivered to it fails. Templates that name it are refused from then on.
    </Confirm>
  )
}
