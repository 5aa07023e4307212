import { Button, Spinner } from '@patternfly/react-core'
import { useState } from 'react'
import { graphql } from '../client/gql.ts'
import { useLive } from '../client/live.ts'
import { useAction } from '../client/mutation.ts'
import { paths } from '../client/paths.ts'
import { CodeText } from '../kit/CodeText.tsx'
import { ButtonLink } from '../kit/links.tsx'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'
import { reportScript } from './curl.ts'
import { StartCard } from './StartCard.tsx'

const CreateReportToken = graphql(`
  mutation CreateReportToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) {
      secret
      token {
        id
      }
    }
  }
`)

const ReportArrived = graphql(`
  subscription ReportArrived {
    tasksChanged(filter: { mine: true }) {
      token
      resync
      matches
      task {
        id
        uuid
        kind
        title
        createdAt
      }
    }
  }
`)

interface Arrived {
  readonly uuid: string
  readonly title: string
}

const tokenDays = 1

/** Another system does the work and tells us: a curl with a fresh token in it, and a page that turns when it arrives. */
export function ReportCard({ number, canReport }: { number: number; canReport: boolean }) {
  const create = useAction(CreateReportToken)
  const [secret, setSecret] = useState<string>()
  const [arrived, setArrived] = useState<Arrived>()
  useLive(
    ReportArrived,
    {},
    {
      pause: secret === undefined || arrived !== undefined,
      onData({ tasksChanged: { task } }) {
        if (task?.kind === 'REPORTED') setArrived(task)
      },
    },
  )
  const make = async () => {
    const input = {
      name: 'First report from a shell',
      permissions: ['TASK_REPORT' as const],
      expiresInDays: tokenDays,
    }
    const { data } = await create.run({ input })
    setSecret(data?.createApiToken.secret)
  }
  const footer = secret ? (
    <Waiting arrived={arrived} />
  ) : (
    <Button
      onClick={() => void make()}
      isLoading={create.isRunning}
      isDisabled={!canReport || create.isRunning}
    >
      Report from your shell
    </Button>
  )
  return (
    <StartCard isWide={secret !== undefined} number={number} title="Report from your shell" footer={footer}>
      <div className="st-stack">
        <p>
          Work that runs elsewhere, a deployment or a backup, can be watched here too. Paste a few lines into
          any shell; this card turns when the first report arrives.
        </p>
        {!canReport && (
          <p className="st-quiet">You may not report tasks: the permission task.report is missing.</p>
        )}
        {create.problem && <ProblemAlert problem={create.problem} />}
        {secret && <CodeText text={reportScript(location.origin, secret)} label="the lines" isPlain />}
        {secret && <p className="st-quiet st-small">The token in it may only report, and ends in one day.</p>}
      </div>
    </StartCard>
  )
}

function Waiting({ arrived }: { arrived: Arrived | undefined }) {
  if (arrived) {
    return (
      <div className="st-row" role="status">
        <strong>It has arrived.</strong>
        <ButtonLink {...paths.task(arrived.uuid)}>Open “{arrived.title}”</ButtonLink>
      </div>
    )
  }
  return (
    <p className="st-row" role="status">
      <Spinner size="md" aria-hidden="true" /> Waiting for your report…
    </p>
  )
}
