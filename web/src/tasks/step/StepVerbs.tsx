import { Button } from '@patternfly/react-core'
import { lazy, Suspense, useState } from 'react'
import { useAction } from '../../client/mutation.ts'
import { Confirm } from '../../kit/Confirm.tsx'
import { Kebab } from '../../kit/Kebab.tsx'
import { ProblemAlert } from '../../kit/ProblemAlert.tsx'
import { RetryStep, SkipStep } from '../actions.ts'
import { ReviewModal } from './ReviewModal.tsx'
import type { StepDetail } from './useStepDetail.ts'

const SetStateDialog = lazy(async () => ({ default: (await import('./SetStateDialog.tsx')).SetStateDialog }))

interface StepVerbsProps {
  readonly taskId: string
  readonly step: Pick<StepDetail, 'no' | 'name' | 'commands'>
  /** The first one is what most people want next. */
  readonly isProminent?: boolean
  /** How many steps of the task are interrupted like this one: one answer may be right for all of them. */
  readonly interrupted?: number
}

/** Retry, skip or review a step: those that are possible now. */
export function StepVerbs({ taskId, step, isProminent, interrupted = 0 }: StepVerbsProps) {
  const [asked, setAsked] = useState<'all' | 'review' | 'skip' | 'state'>()
  const retry = useAction(RetryStep)
  const skip = useAction(SkipStep)
  const can = (verb: string) => step.commands.some((one) => one.verb === verb && one.allowed)
  const setState = step.commands.find((one) => one.verb === 'SET_STEP_STATE')
  const canReview = can('REVIEW_STEP')
  const isMany = interrupted > 1
  const skipNow = async (reason?: string) => {
    const { problem } = await skip.run({ input: { taskId, stepNo: step.no, reason }, stepNo: step.no })
    if (!problem) setAsked(undefined)
  }
  return (
    <>
      {retry.problem && <ProblemAlert problem={retry.problem} />}
      <div className="st-row">
        {canReview && isMany && (
          <Button variant="primary" onClick={() => setAsked('all')}>
            Review all {interrupted}…
          </Button>
        )}
        {canReview && (
          <Button
            variant={isProminent && !isMany ? 'primary' : 'secondary'}
            onClick={() => setAsked('review')}
          >
            {isMany ? `Review ${step.name}…` : 'Review…'}
          </Button>
        )}
        {can('RETRY_STEP') && !isMany && (
          <Button
            variant={isProminent && !canReview ? 'primary' : 'secondary'}
            isLoading={retry.isRunning}
            isDisabled={retry.isRunning}
            onClick={() => void retry.run({ input: { taskId, stepNo: step.no }, stepNo: step.no })}
          >
            Retry step
          </Button>
        )}
        {can('SKIP_STEP') && !isMany && (
          <Button variant="secondary" onClick={() => setAsked('skip')}>
            Skip step
          </Button>
        )}
        {setState && (
          <Kebab
            label={`More actions for step ${step.name}`}
            actions={[
              {
                key: 'state',
                title: 'Set state…',
                whyNot: setState.allowed ? undefined : (setState.whyNot ?? 'Not possible now.'),
                onSelect: () => setAsked('state'),
              },
            ]}
          />
        )}
      </div>
      {asked === 'skip' && (
        <Confirm
          title={`Skip step ${step.name}?`}
          verb="Skip step"
          asksReason
          isRunning={skip.isRunning}
          problem={skip.problem}
          onConfirm={(reason) => void skipNow(reason)}
          onClose={() => setAsked(undefined)}
        >
          Its work is not done. Steps that depend on it go on as if it were; the task ends with a warning at
          best.
        </Confirm>
      )}
      {asked === 'state' && (
        <Suspense>
          <SetStateDialog taskId={taskId} step={step} onClose={() => setAsked(undefined)} />
        </Suspense>
      )}
      {asked === 'all' && (
        <ReviewModal taskId={taskId} count={interrupted} onClose={() => setAsked(undefined)} />
      )}
      {asked === 'review' && <ReviewModal taskId={taskId} step={step} onClose={() => setAsked(undefined)} />}
    </>
  )
}
