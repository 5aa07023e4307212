import { Alert, Button, Checkbox, Label } from '@patternfly/react-core'
import { counted } from '@stint/schema/counted'
import { Link } from '@tanstack/react-router'
import { type ResultOf, readFragment } from 'gql.tada'
import { useState } from 'react'
import { graphql } from '../client/gql.ts'
import { useAction } from '../client/mutation.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { useRepeatedly } from '../client/repeat.ts'
import { Confirm } from '../kit/Confirm.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { Panel } from '../kit/Panel.tsx'
import { ProgressBar } from '../kit/ProgressBar.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import type { Tone } from '../kit/status.ts'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'
import { SettingsTabs } from './SettingsTabs.tsx'

const KeyRing = graphql(`
  fragment KeyRing_state on KeyRingState {
    keys {
      id
      createdAt
      isNewest
      tasks
      mayBeRemoved
    }
    rotation {
      kind
      state
      done
      total
      startedAt
      endedAt
      error
      task {
        id
        uuid
        title
      }
    }
  }
`)

const KeysPageQuery = graphql(`query KeysPage { keys { ...KeyRing_state } }`, [KeyRing])

const RotateKeys = graphql(
  `mutation RotateKeys($reencrypt: Boolean) { rotateKeys(reencrypt: $reencrypt) { ...KeyRing_state } }`,
  [KeyRing],
)

type Ring = ResultOf<typeof KeyRing>
type Key = Ring['keys'][number]
type Rotation = NonNullable<Ring['rotation']>

const columns: readonly Column<Key>[] = [
  {
    key: 'id',
    title: 'Key',
    width: 35,
    isSelfEvident: true,
    cell: (key) => (
      <span className="st-row">
        <code className="st-code">{key.id}</code>
        {key.isNewest && (
          <Label isCompact color="blue">
            newest
          </Label>
        )}
        {key.mayBeRemoved && (
          <Label isCompact color="green">
            may be removed
          </Label>
        )}
      </span>
    ),
  },
  { key: 'created', title: 'First seen', cell: (key) => <Moment at={key.createdAt} /> },
  {
    key: 'tasks',
    title: 'Tasks that need it',
    isRight: true,
    cell: (key) => key.tasks.toLocaleString('en'),
    watches: (key) => key.tasks,
  },
]

const everyMs = 2000

/** Which keys is everything secret sealed with, and how far is it on its way to the newest? */
export function KeysPage() {
  const { data, problem, refetch } = usePageQuery(KeysPageQuery, {})
  const [isAsked, setAsked] = useState(false)
  useRepeatedly(refetch, everyMs)
  return (
    <Page
      title="Settings"
      tabTitle="Keys"
      facts="Each task has a key of its own, wrapped by the newest key of this ring. The keys themselves stand in the key files."
      tabs={<SettingsTabs current="keys" />}
      actions={data && <Button onClick={() => setAsked(true)}>Rotate…</Button>}
    >
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {(found) => {
          const { keys, rotation } = readFragment(KeyRing, found.keys)
          return (
            <div className="st-stack">
              {rotation && <RotationPanel rotation={rotation} />}
              <DataTable
                label="Keys"
                columns={columns}
                rows={keys}
                keyOf={(key) => key.id}
                nameOf={(key) => key.id}
              />
            </div>
          )
        }}
      </QueryState>
      {isAsked && <Rotate onClose={() => setAsked(false)} />}
    </Page>
  )
}

const tones: Readonly<Record<string, Tone>> = {
  success: 'success',
  error: 'error',
  cancelled: 'cancelled',
  paused: 'paused',
}

function RotationPanel({ rotation }: { rotation: Rotation }) {
  const { kind, state, done, total, startedAt, endedAt, error, task } = rotation
  return (
    <Panel title={kind === 'reencrypt' ? 'Sealing all values anew' : 'Wrapping all keys anew'}>
      <div className="st-stack">
        <ProgressBar
          value={total === 0 ? 1 : done / total}
          tone={tones[state] ?? 'running'}
          label="Progress of the rotation"
          isLarge
        />
        <p className="st-quiet st-small">
          {done.toLocaleString('en')} of {counted(total, 'row')} · began <Moment at={startedAt} />
          {endedAt && (
            <>
              {' '}
              · over <Moment at={endedAt} />
            </>
          )}
          {task && (
            <>
              {' · '}
              <Link {...paths.task(task.uuid)}>{task.title}</Link>
            </>
          )}
        </p>
        {error && <Alert variant="danger" isInline component="p" title={error} />}
      </div>
    </Panel>
  )
}

function Rotate({ onClose }: { onClose: () => void }) {
  const [isAll, setAll] = useState(false)
  const rotate = useAction(RotateKeys)
  const go = async () => {
    const { problem } = await rotate.run({ reencrypt: isAll })
    if (!problem) onClose()
  }
  return (
    <Confirm
      title="Rotate the keys?"
      verb="Rotate"
      isRunning={rotate.isRunning}
      problem={rotate.problem}
      onConfirm={() => void go()}
      onClose={onClose}
    >
      <div className="st-stack">
        <p>
          From now on the newest key wraps the keys of new tasks; those of all others are wrapped anew while
          everything goes on. Afterwards the older keys may be taken out of their files.
        </p>
        <Checkbox
          id="reencrypt"
          label="Also seal all values anew"
          description="With new keys for all tasks. It takes longer; do it when a key may have become known."
          isChecked={isAll}
          onChange={(_event, next) => setAll(next)}
        />
      </div>
    </Confirm>
  )
}
