import { Alert } from '@patternfly/react-core'
import { counted } from '@stint/schema/counted'
import { Link } from '@tanstack/react-router'
import { paths } from '../../client/paths.ts'
import { Addresses } from '../../kit/Addresses.tsx'
import { Moment } from '../../kit/Moment.tsx'
import { stepStatus } from '../../kit/status.ts'
import { StepVerbs } from '../step/StepVerbs.tsx'
import type { StepOfList } from '../step/steps.ts'
import { useStepDetail } from '../step/useStepDetail.ts'
import { failedSteps, interruptedSteps, type LiveTask } from '../words.ts'

interface ErrorBlockProps {
  readonly task: LiveTask
  readonly failed: readonly StepOfList[]
}

function headline(step: StepOfList, interrupted: number): string {
  if (step.state === 'CRASHED' && interrupted > 1) return `${interrupted} steps were interrupted`
  if (step.state === 'CRASHED') return `Step ${step.name} was interrupted`
  const times = step.tryCount > 1 ? ` ${step.tryCount} times` : ''
  return `Step ${step.name} failed${times}`
}

/** What went wrong, where, since when, and what to do about it: before everything else on the page. */
export function ErrorBlock({ task, failed }: ErrorBlockProps) {
  const isReview = task.reason === 'NEEDS_REVIEW'
  const first = (isReview && failed.find((step) => step.state === 'CRASHED')) || failed[0]
  if (!first) return null
  return <OneError task={task} first={first} others={Math.max(failedSteps(task), failed.length) - 1} />
}

function OneError({ task, first, others }: { task: LiveTask; first: StepOfList; others: number }) {
  const { step } = useStepDetail(task.id, first.no, `${first.state}/${first.attemptNo}/${task.state}`)
  const interrupted = interruptedSteps(task)
  const message = step?.error?.message ?? first.errorSummary ?? task.errorSummary ?? task.why?.sentence
  return (
    <Alert variant="danger" isInline title={headline(first, interrupted)} component="h2">
      <div className="st-stack">
        <p className="st-error-message st-break">
          <Addresses text={message ?? 'No message was left.'} />
        </p>
        <p className="st-quiet st-small">
          {stepStatus(first).word}
          {first.endedAt && (
            <>
              {' · '}
              <Moment at={first.endedAt} />
            </>
          )}
          {' · '}
          <Link {...paths.task(task.uuid, { tab: 'steps', step: first.no })}>Log and attempts</Link>
          {others > 0 && (
            <>
              {' · '}
              <Link {...paths.task(task.uuid, { tab: 'errors' })}>
                {counted(others, 'more step', 'more steps')} {interrupted > others ? 'interrupted' : 'failed'}
              </Link>
            </>
          )}
        </p>
        {/* The place is kept while they are asked for: nothing below moves. */}
        <div className="st-verbs-place">
          {step && <StepVerbs taskId={task.id} step={step} isProminent interrupted={interrupted} />}
        </div>
      </div>
    </Alert>
  )
}
