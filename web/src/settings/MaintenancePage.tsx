import { Alert, Button, Form } from '@patternfly/react-core'
import type { ResultOf } from 'gql.tada'
import { type FormEvent, useState } from 'react'
import { graphql } from '../client/gql.ts'
import { useAction } from '../client/mutation.ts'
import { usePageQuery } from '../client/query.ts'
import { useCan } from '../client/session.ts'
import { Confirm } from '../kit/Confirm.tsx'
import { type Fact, Facts } from '../kit/Facts.tsx'
import { TextField } from '../kit/form/TextField.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import { localInput, zoneName } from '../kit/time.ts'
import { SettingsTabs } from './SettingsTabs.tsx'

const MaintenancePageQuery = graphql(`
  query MaintenancePage {
    maintenance {
      on
      message
      since
      by
      endsAt
    }
  }
`)

const SetMaintenance = graphql(`
  mutation SetMaintenance($input: SetMaintenanceInput!) {
    setMaintenance(input: $input) {
      on
      message
      since
      by
      endsAt
    }
  }
`)

type Maintenance = ResultOf<typeof MaintenancePageQuery>['maintenance']

/** May this installation be changed now, and who decides that? */
export function MaintenancePage() {
  const { data, problem, refetch } = usePageQuery(MaintenancePageQuery, {})
  return (
    <Page title="Settings" tabTitle="Maintenance" tabs={<SettingsTabs current="maintenance" />}>
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ maintenance }) => (
          // The form begins anew with what another person has set meanwhile.
          <MaintenanceForm key={`${maintenance.on} ${maintenance.since}`} maintenance={maintenance} />
        )}
      </QueryState>
    </Page>
  )
}

function MaintenanceForm({ maintenance }: { maintenance: Maintenance }) {
  const canManage = useCan('maintenance.manage')
  const [message, setMessage] = useState(maintenance.message ?? '')
  const [endsAt, setEndsAt] = useState(maintenance.endsAt ? localInput(maintenance.endsAt) : '')
  const [isAsked, setAsked] = useState(false)
  const set = useAction(SetMaintenance)
  const send = async (on: boolean) => {
    const said = { message: message.trim() || null, endsAt: endsAt ? new Date(endsAt).toISOString() : null }
    const { problem } = await set.run({ input: on ? { on, ...said } : { on } })
    if (!problem) setAsked(false)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (maintenance.on) void send(true)
    else setAsked(true)
  }
  return (
    <div className="st-stack st-form">
      <Standing maintenance={maintenance} />
      {!canManage && (
        <Alert
          variant="info"
          isInline
          isPlain
          component="p"
          title="Switching it needs the permission maintenance.manage."
        />
      )}
      {canManage && (
        <Form onSubmit={submit}>
          {set.problem && !isAsked && <ProblemAlert problem={set.problem} />}
          <TextField
            id="maintenance-message"
            label="Message"
            isOptional
            hint="Everybody reads it on every page, and programs get it with every refusal."
            value={message}
            onChange={setMessage}
          />
          <TextField
            id="maintenance-end"
            label="Expected end"
            isOptional
            type="datetime-local"
            hint={`In your time zone, ${zoneName()}. It does not end by itself.`}
            value={endsAt}
            onChange={setEndsAt}
          />
          <div className="st-row">
            {maintenance.on && (
              <Button isLoading={set.isRunning} isDisabled={set.isRunning} onClick={() => void send(false)}>
                End maintenance
              </Button>
            )}
            <Button
              type="submit"
              variant={maintenance.on ? 'secondary' : 'primary'}
              isDisabled={set.isRunning}
            >
              {maintenance.on ? 'Change what is said' : 'Begin maintenance…'}
            </Button>
          </div>
        </Form>
      )}
      {isAsked && (
        <Confirm
          title="Begin maintenance?"
          verb="Begin maintenance"
          isDangerous
          isRunning={set.isRunning}
          problem={set.problem}
          onConfirm={() => void send(true)}
          onClose={() => setAsked(false)}
        >
          <ul className="st-bullets">
            <li>Steps that run now are finished; no new step starts, on any executor.</li>
            <li>Every change is refused, for everybody: tasks, commands, templates, settings.</li>
            <li>Everything goes on where it stood as soon as the maintenance ends.</li>
          </ul>
        </Confirm>
      )}
    </div>
  )
}

function Standing({ maintenance }: { maintenance: Maintenance }) {
  if (!maintenance.on) {
    return (
      <Alert
        variant="success"
        isInline
        component="h2"
        title="Everything works as usual. During maintenance the installation can be read, and nothing else."
      />
    )
  }
  const facts: Fact[] = [
    { name: 'Since', value: <Moment at={maintenance.since} /> },
    { name: 'By', value: maintenance.by },
    { name: 'Expected end', value: <Moment at={maintenance.endsAt} absent="open" /> },
  ]
  return (
    <Alert
      variant="warning"
      isInline
      component="h2"
      title="Maintenance: nothing new starts, every change is refused."
    >
      <Facts facts={facts} />
    </Alert>
  )
}
