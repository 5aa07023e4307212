import { Title } from '@patternfly/react-core'
import { Link } from '@tanstack/react-router'
import { Fragment, useState } from 'react'
import { paths } from '../../client/paths.ts'
import { useCan } from '../../client/session.ts'
import { Duration } from '../../kit/Duration.tsx'
import { dependencyText, parseDependency } from '../../kit/dependency.ts'
import { type Fact, Facts } from '../../kit/Facts.tsx'
import { Moment } from '../../kit/Moment.tsx'
import { ProblemState, RowsSkeleton } from '../../kit/QueryState.tsx'
import { StatusLabel } from '../../kit/StatusLabel.tsx'
import { endOfStep, isFinishedStep, stepStatus } from '../../kit/status.ts'
import { Values } from '../../kit/Values.tsx'
import { loopStatus } from '../loop/items.ts'
import { LoopItems } from '../loop/LoopItems.tsx'
import type { LiveTask } from '../words.ts'
import { AttemptPicker } from './AttemptPicker.tsx'
import { StepErrorView } from './StepErrorView.tsx'
import { StepExtras } from './StepExtras.tsx'
import { StepLog } from './StepLog.tsx'
import { StepVerbs } from './StepVerbs.tsx'
import type { StepOfList } from './steps.ts'
import { type StepDetail, useStepDetail } from './useStepDetail.ts'

interface StepPanelProps {
  readonly task: LiveTask
  readonly row: StepOfList
  /** The error block above the tabs is about this step and has its verbs. */
  readonly isAbove: boolean
  /** Those that it may come after. */
  readonly steps?: readonly StepOfList[]
}

interface Surroundings {
  readonly uuid: string
  readonly steps: readonly StepOfList[]
  readonly canReadActions: boolean
}

function factsOf(row: StepOfList, step: StepDetail | undefined, around: Surroundings): Fact[] {
  const isOver = isFinishedStep(row)
  const retries = row.maxRetries > 0 && row.maxRetries < 1000 ? ` of ${row.maxRetries + 1}` : ''
  const facts: (Fact | false)[] = [
    row.action !== '' && { name: 'Action', value: <ActionName type={row.action} {...around} /> },
    row.startedAt !== null && { name: 'Started', value: <Moment at={row.startedAt} /> },
    row.startedAt !== null && {
      name: endOfStep(row) ? 'Took' : 'For',
      value: <Duration from={row.startedAt} to={endOfStep(row)} />,
    },
    row.tryCount > 0 && { name: 'Try', value: `${row.tryCount}${retries}` },
    !isOver && row.dueAt !== null && { name: 'Next', value: <Moment at={row.dueAt} isDue /> },
    row.dependencies.length > 0 && {
      name: 'After',
      value: <StepsBefore dependencies={row.dependencies} {...around} />,
    },
    step?.idempotent === false && { name: 'Run twice', value: 'only after a review' },
  ]
  return facts.filter((fact): fact is Fact => fact !== false)
}

function ActionName({ type, canReadActions }: Surroundings & { type: string }) {
  const name = <code className="st-code">{type}</code>
  return canReadActions ? <Link {...paths.action(type)}>{name}</Link> : name
}

/** The steps that it comes after; each that is in sight leads there. */
function StepsBefore({ dependencies, uuid, steps }: Surroundings & { dependencies: readonly string[] }) {
  return dependencies.map(parseDependency).map((dependency, at) => {
    const no = steps.find((one) => one.name === dependency.step)?.no
    const text = dependencyText(dependency)
    return (
      <Fragment key={text}>
        {at > 0 && ', '}
        {no === undefined ? (
          text
        ) : (
          <Link {...paths.task(uuid, { tab: 'steps', step: no })} replace resetScroll={false}>
            {text}
          </Link>
        )}
      </Fragment>
    )
  })
}

/** One step: what it is, what it said, what it gave, and how often it was tried. */
export function StepPanel({ task, row, isAbove, steps = [] }: StepPanelProps) {
  const canReadActions = useCan('template.view')
  const { step, problem, refetch } = useStepDetail(
    task.id,
    row.no,
    `${row.state}/${row.attemptNo}/${task.state}`,
  )
  const [picked, setPicked] = useState<number>()
  const attempt = step?.attempts.find((one) => one.no === picked)
  const shown = attempt ?? step
  // An error that stands beside a step at work is of an earlier try.
  const isTrying = row.itemStates.length === 0 && stepStatus(row).tone === 'running'
  // While it waits, its output is only the mark of the question.
  const isAsking = row.state === 'WAITING' && (step?.form != null || step?.callback != null)
  return (
    <section className="st-step-panel" aria-label={`Step ${row.name}`}>
      <div className="st-row st-row--apart st-nowrap st-step-panel__head">
        <div className="st-row">
          <Title headingLevel="h2" size="lg" className="st-break">
            {row.name}
          </Title>
          <StatusLabel status={loopStatus(row)} isMoving isCompact />
        </div>
        {step && !isAbove && <StepVerbs taskId={task.id} step={step} />}
      </div>
      {row.parentNo !== null && <OfLoop task={task} row={row} />}
      {row.description && <p className="st-break">{row.description}</p>}
      <Facts facts={factsOf(row, step, { uuid: task.uuid, steps, canReadActions })} />
      {step && step.item !== null && (
        <Section title="Item" value={step.item} copyLabel="Copy the item as JSON" />
      )}
      {step && step.attempts.length > (isTrying ? 0 : 1) && (
        <AttemptPicker attempts={step.attempts} isTrying={isTrying} picked={picked} onPick={setPicked} />
      )}
      {!step && problem && <ProblemState problem={problem} onRetry={refetch} />}
      {!step && !problem && <RowsSkeleton rows={3} />}
      {step && <StepExtras task={task} step={step} />}
      {isTrying && !attempt && shown?.error && (
        <p className="st-quiet st-small">The try before this one ended with:</p>
      )}
      {shown?.error && <StepErrorView error={shown.error} />}
      {row.itemStates.length > 0 && <LoopItems task={task} row={row} />}
      <StepLog key={picked ?? 'current'} task={task} row={row} attemptNo={picked} />
      {!isAsking && shown?.output !== null && shown?.output !== undefined && (
        <Section title="Output" value={shown.output} copyLabel="Copy the output as JSON" />
      )}
      {shown?.metadata !== null && shown?.metadata !== undefined && (
        <Section title="Metadata" value={shown.metadata} copyLabel="Copy the metadata as JSON" />
      )}
    </section>
  )
}

/** The way back from an item to its loop. */
function OfLoop({ task, row }: { task: LiveTask; row: StepOfList }) {
  return (
    <p>
      <Link {...paths.task(task.uuid, { tab: 'steps', step: row.parentNo ?? undefined })} resetScroll={false}>
        All items of this loop
      </Link>
      <span className="st-quiet"> · this is number {((row.itemIndex ?? 0) + 1).toLocaleString('en')}</span>
    </p>
  )
}

function Section({ title, value, copyLabel }: { title: string; value: unknown; copyLabel: string }) {
  const heading = (
    <Title headingLevel="h3" size="md">
      {title}
    </Title>
  )
  return <Values title={heading} value={value} copyLabel={copyLabel} />
}
