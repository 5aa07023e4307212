import './loop.css'
import { Title } from '@patternfly/react-core'
import { useState } from 'react'
import { nodesOf } from '../../client/nodes.ts'
import { usePageQuery } from '../../client/query.ts'
import { useSteadily } from '../../client/steady.ts'
import { StateBar } from '../../kit/chart/StateBar.tsx'
import { QueryState } from '../../kit/QueryState.tsx'
import type { Tone } from '../../kit/status.ts'
import { DataTable } from '../../kit/table/DataTable.tsx'
import { ForwardPager, usePages } from '../../kit/table/ForwardPager.tsx'
import type { StepOfList } from '../step/steps.ts'
import { type LiveTask, stepsVersion } from '../words.ts'
import { itemColumns, LoopItemsQuery } from './columns.tsx'
import { groupsOf, type ItemGroup } from './items.ts'

const pageSize = 25
const everyMs = 1000

interface LoopItemsProps {
  readonly task: LiveTask
  readonly row: StepOfList
}

/** The items of a loop: how many are in which state, and a page of them. Never all of them: there may be ten thousand. */
export function LoopItems({ task, row }: LoopItemsProps) {
  const [tone, setTone] = useState<Tone>()
  const pages = usePages(`items ${row.no}`)
  const groups = groupsOf(row.itemStates)
  const chosen = groups.find((group) => group.tone === tone)
  const choose = (next: Tone | undefined) => {
    setTone(next)
    pages.first()
  }
  return (
    <section className="st-loop" aria-label="Items of the loop">
      <Title headingLevel="h3" size="md">
        Items
      </Title>
      <StateBar parts={groups} label={`Items of ${row.name}`} isLarge />
      <Groups groups={groups} chosen={chosen?.tone} onChoose={choose} />
      <ItemsPage key={chosen?.tone ?? 'all'} task={task} row={row} states={chosen?.states} pages={pages} />
    </section>
  )
}

interface GroupsProps {
  readonly groups: readonly ItemGroup[]
  readonly chosen: Tone | undefined
  readonly onChoose: (tone: Tone | undefined) => void
}

/** What the colours of the bar mean; each narrows the list below. */
function Groups({ groups, chosen, onChoose }: GroupsProps) {
  return (
    <fieldset className="st-loop__groups">
      <legend className="pf-v6-screen-reader">Show only items that are</legend>
      {groups.map(({ tone, word, count }) => (
        <button
          key={tone}
          type="button"
          className="st-loop__group"
          aria-pressed={tone === chosen}
          onClick={() => onChoose(tone === chosen ? undefined : tone)}
        >
          <span className={`st-loop__mark st-tone-${tone}`} aria-hidden="true" />
          {word} <span className="st-number">{count.toLocaleString('en')}</span>
        </button>
      ))}
    </fieldset>
  )
}

interface ItemsPageProps extends LoopItemsProps {
  readonly states: readonly string[] | undefined
  readonly pages: ReturnType<typeof usePages>
}

function ItemsPage({ task, row, states, pages }: ItemsPageProps) {
  const { data, problem, isOld, refetch } = usePageQuery(
    LoopItemsQuery,
    { id: task.id, no: row.no, states: states && [...states], first: pageSize, after: pages.after },
    { keepOld: true },
  )
  useSteadily(stepsVersion(task), refetch, { everyMs })
  return (
    <QueryState data={data?.task ?? undefined} problem={problem} onRetry={refetch}>
      {({ steps }) =>
        steps.edges.length === 0 ? (
          <p className="st-quiet">No item is in this state any more.</p>
        ) : (
          <>
            <DataTable
              label={`Items of ${row.name}`}
              columns={itemColumns(task.uuid)}
              rows={nodesOf(steps)}
              keyOf={(item) => String(item.no)}
              nameOf={(item) => `Item ${(item.itemIndex ?? 0) + 1}`}
              isOld={isOld}
              isNarrow
            />
            <ForwardPager pages={pages} pageInfo={steps.pageInfo} label="Pages of items" />
          </>
        )
      }
    </QueryState>
  )
}
