import { Button, Label, LabelGroup } from '@patternfly/react-core'
import KeyIcon from '@patternfly/react-icons/dist/esm/icons/key-icon'
import type { ResultOf } from 'gql.tada'
import { useState } from 'react'
import { graphql } from '../client/gql.ts'
import { useAction } from '../client/mutation.ts'
import { usePageQuery } from '../client/query.ts'
import { permissionOf } from '../client/words.ts'
import { Confirm } from '../kit/Confirm.tsx'
import { useNow } from '../kit/clock.ts'
import { Empty } from '../kit/Empty.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import { StatusLabel } from '../kit/StatusLabel.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'
import { NewToken } from './NewToken.tsx'

const TokensPageQuery = graphql(`
  query TokensPage {
    apiTokens {
      id
      name
      permissions
      createdAt
      expiresAt
      lastUsedAt
      revokedAt
    }
  }
`)

const RevokeToken = graphql(`
  mutation RevokeToken($input: RevokeApiTokenInput!) {
    revokeApiToken(input: $input) {
      id
      revokedAt
    }
  }
`)

type Token = ResultOf<typeof TokensPageQuery>['apiTokens'][number]

function TokenState({ token }: { token: Token }) {
  const now = useNow(true)
  if (token.revokedAt) return <StatusLabel status={{ tone: 'cancelled', word: 'Revoked' }} isCompact />
  const isOld = new Date(token.expiresAt).getTime() < now
  return (
    <StatusLabel
      status={isOld ? { tone: 'cancelled', word: 'Expired' } : { tone: 'success', word: 'Valid' }}
      isCompact
    />
  )
}

const isUsable = (token: Token) => !token.revokedAt && new Date(token.expiresAt).getTime() > Date.now()

const columns: readonly Column<Token>[] = [
  {
    key: 'name',
    title: 'Token',
    width: 20,
    isSelfEvident: true,
    cell: (token) => <span className="st-break">{token.name}</span>,
  },
  { key: 'state', title: 'State', cell: (token) => <TokenState token={token} /> },
  {
    key: 'permissions',
    title: 'May',
    width: 35,
    cell: (token) => (
      <LabelGroup numLabels={4} aria-label={`Permissions of ${token.name}`}>
        {token.permissions.map((permission) => (
          <Label key={permission} isCompact variant="outline">
            {permissionOf(permission)}
          </Label>
        ))}
      </LabelGroup>
    ),
  },
  { key: 'expires', title: 'Ends', cell: (token) => <Moment at={token.expiresAt} /> },
  { key: 'used', title: 'Last used', cell: (token) => <Moment at={token.lastUsedAt} absent="never" /> },
  { key: 'created', title: 'Created', cell: (token) => <Moment at={token.createdAt} />, isWideOnly: true },
]

/** Which of my scripts may do what, and until when? */
export function TokensPage() {
  const { data, problem, refetch } = usePageQuery(TokensPageQuery, {})
  const [isNew, setNew] = useState(false)
  const [asked, setAsked] = useState<Token>()
  const revoke = useAction(RevokeToken)
  const confirm = async (token: Token) => {
    const outcome = await revoke.run({ input: { id: token.id } })
    if (!outcome.problem) setAsked(undefined)
  }
  return (
    <Page
      title="API tokens"
      facts="Your own keys for scripts and the command line. They may do no more than you, and end by themselves."
      actions={<Button onClick={() => setNew(true)}>Create token</Button>}
    >
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ apiTokens }) =>
          apiTokens.length === 0 ? (
            <Empty
              title="No token yet"
              icon={KeyIcon}
              actions={<Button onClick={() => setNew(true)}>Create token</Button>}
            >
              Create one for each script, so that it can be revoked alone.
            </Empty>
          ) : (
            <DataTable
              label="API tokens"
              columns={columns}
              rows={apiTokens}
              keyOf={(token) => token.id}
              nameOf={(token) => token.name}
              markOf={(token) => (isUsable(token) ? undefined : 'gone')}
              actionsOf={(token) => [
                {
                  key: 'revoke',
                  title: 'Revoke',
                  isDangerous: true,
                  whyNot: isUsable(token) ? undefined : 'It no longer works anyway.',
                  onSelect: () => setAsked(token),
                },
              ]}
            />
          )
        }
      </QueryState>
      {isNew && (
        <NewToken
          onClose={() => {
            setNew(false)
            refetch()
          }}
        />
      )}
      {asked && (
        <Confirm
          title={`Revoke token ${asked.name}?`}
          verb="Revoke token"
          isDangerous
          isRunning={revoke.isRunning}
          problem={revoke.problem}
          onConfirm={() => void confirm(asked)}
          onClose={() => setAsked(undefined)}
        >
          Every script that uses it is refused from now on. This cannot be taken back.
        </Confirm>
      )}
    </Page>
  )
}
