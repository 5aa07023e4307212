import { Button, Label, LabelGroup } from '@patternfly/react-core'
import { readFragment } from 'gql.tada'
import { useState } from 'react'
import { graphql } from '../client/gql.ts'
import { nodesOf } from '../client/nodes.ts'
import { usePageQuery } from '../client/query.ts'
import { useCan, useMe } from '../client/session.ts'
import { sentenceCase } from '../client/words.ts'
import type { MenuAction } from '../kit/Kebab.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import { StatusLabel } from '../kit/StatusLabel.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'
import { DisableUser } from './DisableUser.tsx'
import { SetUserPassword } from './SetUserPassword.tsx'
import { UserForm } from './UserForm.tsx'
import { type User, UserRow } from './user.ts'

const UsersPageQuery = graphql(
  `
    query UsersPage {
      users(first: 100) {
        edges {
          node {
            id
            ...UserRow_user
          }
        }
      }
    }
  `,
  [UserRow],
)

function Words({ words, label }: { words: readonly string[]; label: string }) {
  if (words.length === 0) return <span className="st-quiet">–</span>
  return (
    <LabelGroup numLabels={4} aria-label={label}>
      {words.map((word) => (
        <Label key={word} isCompact variant="outline">
          {word}
        </Label>
      ))}
    </LabelGroup>
  )
}

const columns: readonly Column<User>[] = [
  {
    key: 'name',
    title: 'User',
    width: 25,
    isSelfEvident: true,
    cell: (user) => (
      <div className="st-cell">
        <span className="st-break">{user.name}</span>
        {user.fullName && <span className="st-quiet st-small st-break">{user.fullName}</span>}
      </div>
    ),
  },
  {
    key: 'state',
    title: 'State',
    cell: (user) => (
      <StatusLabel
        status={
          user.disabledAt ? { tone: 'cancelled', word: 'Disabled' } : { tone: 'success', word: 'Active' }
        }
        isCompact
      />
    ),
    watches: (user) => user.disabledAt,
  },
  {
    key: 'roles',
    title: 'Roles',
    cell: (user) => <Words words={user.roles.map(sentenceCase)} label={`Roles of ${user.name}`} />,
  },
  {
    key: 'groups',
    title: 'Groups',
    cell: (user) => <Words words={user.groups} label={`Groups of ${user.name}`} />,
  },
  { key: 'seen', title: 'Last sign-in', cell: (user) => <Moment at={user.lastSignInAt} absent="never" /> },
  { key: 'created', title: 'Created', cell: (user) => <Moment at={user.createdAt} />, isWideOnly: true },
]

type Open = { kind: 'new' } | { kind: 'edit' | 'password' | 'disable'; user: User }

/** Who may come in, and as what? */
export function UsersPage() {
  const { data, problem, refetch } = usePageQuery(UsersPageQuery, {})
  const [open, setOpen] = useState<Open>()
  const me = useMe()
  const canManage = useCan('user.manage')
  const close = () => setOpen(undefined)
  const actionsOf = (user: User): readonly MenuAction[] => [
    { key: 'edit', title: 'Edit', onSelect: () => setOpen({ kind: 'edit', user }) },
    { key: 'password', title: 'Set password', onSelect: () => setOpen({ kind: 'password', user }) },
    {
      key: 'disable',
      title: user.disabledAt ? 'Enable' : 'Disable',
      isDangerous: !user.disabledAt,
      whyNot: user.name === me.name ? 'You cannot lock yourself out.' : undefined,
      onSelect: () => setOpen({ kind: 'disable', user }),
    },
  ]
  return (
    <Page
      title="Users"
      facts="Who may sign in, and what their roles let them do. By name."
      actions={canManage && <Button onClick={() => setOpen({ kind: 'new' })}>Create user</Button>}
    >
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ users }) => (
          <DataTable
            label="Users"
            columns={columns}
            rows={nodesOf(users).map((ref) => readFragment(UserRow, ref))}
            keyOf={(user) => user.id}
            nameOf={(user) => user.name}
            markOf={(user) => (user.disabledAt ? 'gone' : undefined)}
            actionsOf={actionsOf}
          />
        )}
      </QueryState>
      {open?.kind === 'new' && (
        <UserForm
          onClose={() => {
            close()
            refetch()
          }}
        />
      )}
      {open?.kind === 'edit' && <UserForm user={open.user} onClose={close} />}
      {open?.kind === 'password' && <SetUserPassword user={open.user} onClose={close} />}
      {open?.kind === 'disable' && <DisableUser user={open.user} onClose={close} />}
    </Page>
  )
}
