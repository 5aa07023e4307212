import { counted } from '@stint/schema/counted'
import { Link } from '@tanstack/react-router'
import { type FragmentOf, type ResultOf, readFragment } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { paths } from '../client/paths.ts'
import { CapacityBar } from '../kit/chart/CapacityBar.tsx'
import { Moment } from '../kit/Moment.tsx'
import type { Column } from '../kit/table/column.ts'

export const ResourceRow = graphql(`
  fragment ResourceRow_resource on Resource {
    name
    capacity
    holderCount
    waiterCount
    holders {
      since
      task {
        id
        uuid
        title
      }
    }
  }
`)

type Row = { readonly name: string } & FragmentOf<typeof ResourceRow>
type Resource = ResultOf<typeof ResourceRow>

function Holders({ resource }: { resource: Resource }) {
  const [first] = resource.holders
  if (resource.holderCount === 0) return <span className="st-quiet">free</span>
  if (!first)
    return <span className="st-quiet">by {counted(resource.holderCount, 'task')} you may not see</span>
  return (
    <div className="st-cell">
      <Link {...paths.task(first.task.uuid)} className="st-clamp st-break">
        {first.task.title}
      </Link>
      <span className="st-quiet st-small">
        {resource.holderCount > 1 && `and ${counted(resource.holderCount - 1, 'other')} · `}
        since <Moment at={first.since} />
      </span>
    </div>
  )
}

const of = (row: Row) => readFragment(ResourceRow, row)

export const resourceColumns: readonly Column<Row>[] = [
  {
    key: 'name',
    title: 'Resource',
    width: 30,
    isSelfEvident: true,
    cell: (row) => (
      <Link {...paths.resource(row.name)} className="st-code st-break">
        {row.name}
      </Link>
    ),
  },
  {
    key: 'use',
    title: 'In use',
    width: 20,
    cell: (row) => {
      const { capacity, holderCount } = of(row)
      if (capacity === null) return holderCount > 0 ? 'locked' : <span className="st-quiet">free</span>
      return <CapacityBar used={holderCount} capacity={capacity} label={`Slots of ${row.name}`} />
    },
    watches: (row) => of(row).holderCount,
  },
  { key: 'holders', title: 'Held by', width: 35, cell: (row) => <Holders resource={of(row)} /> },
  {
    key: 'waiters',
    title: 'Waiting',
    isRight: true,
    cell: (row) => {
      const { waiterCount } = of(row)
      if (waiterCount === 0) return <span className="st-quiet">–</span>
      return <Link {...paths.resource(row.name)}>{waiterCount.toLocaleString('en')}</Link>
    },
    watches: (row) => of(row).waiterCount,
  },
]
