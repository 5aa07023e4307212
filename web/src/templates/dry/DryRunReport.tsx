import { Alert, Label, Title } from '@patternfly/react-core'
import { counted } from '@stint/schema/counted'
import { Link } from '@tanstack/react-router'
import { paths } from '../../client/paths.ts'
import { dependencyText } from '../../kit/dependency.ts'
import { Panel } from '../../kit/Panel.tsx'
import { StatusLabel } from '../../kit/StatusLabel.tsx'
import type { Column } from '../../kit/table/column.ts'
import { DataTable } from '../../kit/table/DataTable.tsx'
import { Values } from '../../kit/Values.tsx'
import type { DryLock, DryRun, DryStep } from './dryRun.ts'
import { FindingList } from './FindingList.tsx'

/** What would happen: the title, the locks and who holds them, each step with what it would be given. */
export function DryRunReport({ report }: { report: DryRun }) {
  const leftOut = report.steps.filter((step) => isLeftOut(step)).length
  return (
    <div className="st-stack">
      <div>
        <Title headingLevel="h2" size="lg" className="st-break">
          {report.title}
        </Title>
        <p className="st-quiet">
          {counted(report.steps.length, 'step')}
          {leftOut > 0 && `, ${leftOut} of them left out`}. Nothing has run.
        </p>
      </div>
      {report.findings.length > 0 && (
        <Alert
          variant="warning"
          isInline
          component="h3"
          title={counted(report.findings.length, 'thing to look at', 'things to look at')}
        >
          <FindingList findings={report.findings} />
        </Alert>
      )}
      {report.locks.length > 0 && (
        <Panel title="Locks and slots it would take">
          <DataTable
            label="Locks"
            columns={lockColumns}
            rows={report.locks}
            keyOf={(lock) => `${lock.resource} ${lock.operation}`}
            nameOf={(lock) => lock.resource}
          />
        </Panel>
      )}
      <ol className="st-dry__steps" aria-label="Steps">
        {report.steps.map((step) => (
          <Step key={step.name} step={step} />
        ))}
      </ol>
      {report.result !== null && (
        <Panel title="Result">
          <Values value={report.result} copyLabel="Copy the result as JSON" />
        </Panel>
      )}
    </div>
  )
}

const modes = { EXCLUSIVE: 'exclusive', SHARED: 'shared', LIMIT: 'slot' } as const
const conflicts: Readonly<Record<string, string>> = {
  FAIL: 'is refused',
  WAIT: 'waits',
  COALESCE: 'becomes the task that holds it',
}

const lockColumns: readonly Column<DryLock>[] = [
  {
    key: 'resource',
    title: 'Resource',
    width: 30,
    isSelfEvident: true,
    cell: ({ resource }) => (
      <Link {...paths.resource(resource)} className="st-code st-break">
        {resource}
      </Link>
    ),
  },
  {
    key: 'mode',
    title: 'How',
    cell: ({ mode, operation, capacity }) =>
      `${modes[mode]}${operation ? ` for ${operation}` : ''}${capacity ? `, ${capacity} in all` : ''}`,
  },
  {
    key: 'conflict',
    title: 'If it is held then',
    cell: ({ onConflict }) => (onConflict ? (conflicts[onConflict] ?? onConflict) : 'waits'),
  },
  { key: 'holders', title: 'Held now by', width: 35, cell: (lock) => <Holders lock={lock} /> },
]

function Holders({ lock: { holders } }: { lock: DryLock }) {
  if (holders.length === 0) return <span className="st-quiet">nobody you may see</span>
  return (
    <ul>
      {holders.map((task) => (
        <li key={task.id} className="st-ellipsis">
          <Link {...paths.task(task.uuid)}>{task.title}</Link>
        </li>
      ))}
    </ul>
  )
}

// The state it would take for certain: some are done without being run, others can never begin.
const isLeftOut = (step: DryStep) => step.state === 'PRUNE' || step.state === 'SKIPPED'

function Step({ step }: { step: DryStep }) {
  return (
    <li className="st-dry__step">
      <details open={!isLeftOut(step) && step.unknown.length === 0}>
        <summary className="st-dry__head">
          <strong className="st-break">{step.name}</strong>
          <code className="st-code st-quiet">{step.action}</code>
          {isLeftOut(step) && <StatusLabel status={{ tone: 'cancelled', word: 'Left out' }} isCompact />}
          {step.unknown.length > 0 && (
            <Label isCompact color="purple">
              partly open
            </Label>
          )}
          {step.note && <span className="st-quiet st-small">{step.note}</span>}
        </summary>
        <div className="st-dry__body">
          {step.dependencies.length > 0 && (
            <p className="st-quiet st-small">After {step.dependencies.map(dependencyText).join(', ')}</p>
          )}
          {step.unknown.length > 0 && (
            <p className="st-small">
              Only a run can tell: <code className="st-code">{step.unknown.join(', ')}</code>
            </p>
          )}
          {step.resources.length > 0 && (
            <p className="st-quiet st-small">
              Uses <code className="st-code">{step.resources.join(', ')}</code>
            </p>
          )}
          {step.configuration !== null && (
            <Values value={step.configuration} copyLabel={`Copy the configuration of ${step.name} as JSON`} />
          )}
        </div>
      </details>
    </li>
  )
}
