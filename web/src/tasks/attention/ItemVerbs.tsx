import { Button } from '@patternfly/react-core'
import { useState } from 'react'
import type { PageProblem } from '../../client/problems.ts'
import { ProblemAlert } from '../../kit/ProblemAlert.tsx'
import { useTaskCommand } from '../actions.ts'
import { CommandDialog } from '../command/CommandDialog.tsx'
import { AnswerDialog } from '../input/AnswerDialog.tsx'
import { ReviewModal } from '../step/ReviewModal.tsx'
import { ReviewTask } from '../step/ReviewTask.tsx'
import { interruptedSteps } from '../words.ts'
import type { AttentionItem } from './items.ts'

type Asked = 'RESOLVE' | 'REJECT' | 'CANCEL' | 'answer' | 'review'

interface ItemVerbsProps {
  readonly item: AttentionItem
  /** Where its title stands: a list of buttons that all say "Answer" would tell nothing. */
  readonly titleId: string
  /** Something was done: the list may be shorter now. */
  readonly onDone: () => void
}

/** What can be done about it, here and now. */
export function ItemVerbs({ item, titleId, onDone }: ItemVerbsProps) {
  const [asked, setAsked] = useState<Asked>()
  const [problem, setProblem] = useState<PageProblem>()
  const [isRunning, setRunning] = useState(false)
  const give = useTaskCommand()
  const resume = async () => {
    setRunning(true)
    const met = await give('RESUME', item.task.id)
    setRunning(false)
    setProblem(met)
    if (!met) onDone()
  }
  const close = () => {
    setAsked(undefined)
    onDone()
  }
  const may = (verb: string) => item.task.commands.some((one) => one.verb === verb && one.allowed)
  if (!item.canAct) return <span className="st-quiet st-small">Others may act on it.</span>
  return (
    <>
      <div className="st-row">
        {item.kind === 'approval' && (
          <Ask titleId={titleId} title="Approve" isFirst onClick={() => setAsked('RESOLVE')} />
        )}
        {item.kind === 'approval' && may('REJECT') && (
          <Ask titleId={titleId} title="Reject" onClick={() => setAsked('REJECT')} />
        )}
        {item.kind === 'input' && (
          <Ask titleId={titleId} title="Answer" isFirst onClick={() => setAsked('answer')} />
        )}
        {item.kind === 'review' && (
          <Ask titleId={titleId} title={reviewTitle(item)} isFirst onClick={() => setAsked('review')} />
        )}
        {item.kind === 'paused' && may('RESUME') && (
          <Button
            variant="secondary"
            size="sm"
            aria-describedby={titleId}
            isLoading={isRunning}
            isDisabled={isRunning}
            onClick={() => void resume()}
          >
            Resume
          </Button>
        )}
        {item.kind === 'paused' && may('CANCEL') && (
          <Ask titleId={titleId} title="Cancel" onClick={() => setAsked('CANCEL')} />
        )}
      </div>
      {problem && <ProblemAlert problem={problem} />}
      {asked && <Dialog item={item} asked={asked} onClose={close} />}
    </>
  )
}

function reviewTitle({ task }: AttentionItem): string {
  const interrupted = interruptedSteps(task)
  return interrupted > 1 ? `Review all ${interrupted}` : 'Review'
}

interface AskProps {
  readonly title: string
  readonly titleId: string
  readonly isFirst?: boolean
  readonly onClick: () => void
}

function Ask({ title, titleId, isFirst, onClick }: AskProps) {
  const isDanger = title === 'Reject' || title === 'Cancel'
  return (
    <Button
      variant={isFirst ? 'primary' : 'secondary'}
      size="sm"
      aria-describedby={titleId}
      isDanger={isDanger}
      onClick={onClick}
    >
      {title}
    </Button>
  )
}

function Dialog({ item, asked, onClose }: { item: AttentionItem; asked: Asked; onClose: () => void }) {
  const { task, stepNo } = item
  if (asked === 'answer')
    return stepNo === null ? null : <AnswerDialog taskId={task.id} stepNo={stepNo} onClose={onClose} />
  const interrupted = interruptedSteps(task)
  if (asked === 'review' && interrupted > 1)
    return <ReviewModal taskId={task.id} count={interrupted} onClose={onClose} />
  if (asked === 'review') return <ReviewTask taskId={task.id} onClose={onClose} />
  return <CommandDialog task={task} command={asked} onClose={onClose} />
}
