import './attention/attention.css'
import CheckCircleIcon from '@patternfly/react-icons/dist/esm/icons/check-circle-icon'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useId } from 'react'
import { nodesOf } from '../client/nodes.ts'
import { paths } from '../client/paths.ts'
import { useTaskPulse } from '../client/pulse.ts'
import { usePageQuery } from '../client/query.ts'
import { type AttentionKind, attentionKinds } from '../client/search.ts'
import { enumOf } from '../client/words.ts'
import { Empty } from '../kit/Empty.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import { Sentence } from '../kit/Sentence.tsx'
import { TabBar, TabLink } from '../kit/TabBar.tsx'
import { ForwardPager, usePages } from '../kit/table/ForwardPager.tsx'
import { ItemVerbs } from './attention/ItemVerbs.tsx'
import { type AttentionItem, AttentionPageQuery, itemOf, keyOfItem } from './attention/items.ts'
import { kinds } from './attention/words.ts'

const route = getRouteApi('/signed-in/attention')
const pageSize = 25

/** What waits for me, and what can I do about it here? */
export function AttentionPage() {
  const { kind } = route.useSearch()
  return (
    <Page
      title="Needs attention"
      facts="What stands still until a person does something. Oldest first."
      tabs={<KindTabs chosen={kind} />}
    >
      <Items key={kind ?? 'all'} kind={kind} />
    </Page>
  )
}

function KindTabs({ chosen }: { chosen: AttentionKind | undefined }) {
  return (
    <TabBar label="Kinds">
      <TabLink {...paths.attention()} isCurrent={chosen === undefined} replace>
        All
      </TabLink>
      {attentionKinds.map((kind) => (
        <TabLink key={kind} {...paths.attention({ kind })} isCurrent={kind === chosen} replace>
          {kinds[kind].title}
        </TabLink>
      ))}
    </TabBar>
  )
}

type ApiKind = `${Uppercase<AttentionKind>}`

function Items({ kind }: { kind: AttentionKind | undefined }) {
  const pages = usePages()
  const asked = kind && [enumOf<ApiKind>(kind)]
  const { data, problem, refetch } = usePageQuery(
    AttentionPageQuery,
    { kinds: asked, first: pageSize, after: pages.after },
    { keepOld: true },
  )
  const changes = useTaskPulse()
  useEffect(() => {
    if (changes > 0) refetch()
  }, [changes, refetch])
  return (
    <QueryState data={data} problem={problem} onRetry={refetch}>
      {({ needsAttention }) =>
        needsAttention.edges.length === 0 ? (
          <NothingWaits kind={kind} />
        ) : (
          <>
            <ul className="st-attention" aria-label="Waiting for a person">
              {nodesOf(needsAttention).map((node) => {
                const item = itemOf(node)
                return <Item key={keyOfItem(item)} item={item} onDone={refetch} />
              })}
            </ul>
            <ForwardPager pages={pages} pageInfo={needsAttention.pageInfo} label="Pages" />
          </>
        )
      }
    </QueryState>
  )
}

function NothingWaits({ kind }: { kind: AttentionKind | undefined }) {
  return (
    <Empty
      title={kind ? 'Nothing of this kind waits for you' : 'Nothing waits for you'}
      icon={CheckCircleIcon}
    >
      {kind ? (
        <Link {...paths.attention()}>Everything that waits</Link>
      ) : (
        'Approvals, questions of steps, reviews and paused tasks appear here by themselves.'
      )}
    </Empty>
  )
}

function Item({ item, onDone }: { item: AttentionItem; onDone: () => void }) {
  const { tone, title, Icon } = kinds[item.kind]
  const { task, stepNo } = item
  const titleId = useId()
  return (
    <li className="st-attention__item">
      <span className={`st-attention__kind st-tone-${tone}`} title={title}>
        <Icon />
        <span className="pf-v6-screen-reader">{title}</span>
      </span>
      <div className="st-cell">
        <Link
          {...paths.task(task.uuid, stepNo === null ? {} : { tab: 'steps', step: stepNo })}
          id={titleId}
          className="st-clamp st-break"
        >
          {task.title}
        </Link>
        <span className="st-clamp st-break">
          <Sentence text={item.sentence} />
        </span>
        <span className="st-quiet st-small">
          {task.owner} · <Moment at={item.since} />
        </span>
      </div>
      <div className="st-attention__verbs">
        <ItemVerbs item={item} titleId={titleId} onDone={onDone} />
      </div>
    </li>
  )
}
