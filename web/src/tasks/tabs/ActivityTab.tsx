import { Button, Form, FormGroup, TextArea } from '@patternfly/react-core'
import { type FormEvent, useState } from 'react'
import { useAction } from '../../client/mutation.ts'
import { Addresses } from '../../kit/Addresses.tsx'
import { Moment } from '../../kit/Moment.tsx'
import { ProblemAlert } from '../../kit/ProblemAlert.tsx'
import { Sentence } from '../../kit/Sentence.tsx'
import { CommentTask } from '../actions.ts'
import type { StepOfList } from '../step/steps.ts'
import type { LiveTask } from '../words.ts'
import { commentOf, lineOf, type TaskEvent, toneOf } from './activity.ts'
import { Told } from './Told.tsx'
import { useTaskEvents } from './useTaskEvents.ts'

const shownAtOnce = 200

interface ActivityTabProps {
  readonly task: LiveTask
  readonly steps: readonly StepOfList[]
}

/** What happened to the task and what people said about it, newest first. */
export function ActivityTab({ task, steps }: ActivityTabProps) {
  const events = useTaskEvents(task.id)
  const [shown, setShown] = useState(shownAtOnce)
  const older = events.length - shown
  return (
    <div className="st-activity">
      <div className="st-comment st-stack">
        <CommentForm taskId={task.id} />
        <Told task={task} />
      </div>
      <div>
        <ol className="st-lines" aria-label="Record of the task">
          {events
            .slice(-shown)
            .toReversed()
            .map((event) => (
              <EventLine key={event.seq} event={event} steps={steps} />
            ))}
        </ol>
        {older > 0 && (
          <Button variant="link" isInline onClick={() => setShown(shown + shownAtOnce)}>
            {older} older
          </Button>
        )}
      </div>
    </div>
  )
}

function EventLine({ event, steps }: { event: TaskEvent; steps: readonly StepOfList[] }) {
  const comment = commentOf(event)
  const { title, details } = lineOf(event, steps)
  return (
    <li className={comment === undefined ? 'st-event' : 'st-event st-event--comment'}>
      <span className={`st-event__dot st-tone-${toneOf(event)}`} aria-hidden="true" />
      <div className="st-cell">
        <span>
          {comment === undefined ? title : <strong>{event.actor ?? 'Somebody'} wrote</strong>}
          {comment === undefined && event.actor && <span className="st-quiet"> by {event.actor}</span>}
        </span>
        {comment !== undefined && (
          <p className="st-event__comment">
            <Addresses text={comment} />
          </p>
        )}
        {details && (
          <span className="st-quiet st-small st-break">
            <Sentence text={details} />
          </span>
        )}
      </div>
      <span className="st-quiet st-small">
        <Moment at={event.at} />
      </span>
    </li>
  )
}

function CommentForm({ taskId }: { taskId: string }) {
  const [text, setText] = useState('')
  const comment = useAction(CommentTask)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    const { problem } = await comment.run({ input: { taskId, text: text.trim() } })
    if (!problem) setText('')
  }
  return (
    <Form onSubmit={(event) => void send(event)}>
      {comment.problem && <ProblemAlert problem={comment.problem} />}
      <FormGroup label="Comment" fieldId="comment">
        <TextArea
          id="comment"
          value={text}
          onChange={(_event, value) => setText(value)}
          rows={2}
          autoResize
          resizeOrientation="vertical"
        />
      </FormGroup>
      <div>
        <Button
          type="submit"
          variant="secondary"
          isDisabled={!text.trim() || comment.isRunning}
          isLoading={comment.isRunning}
        >
          Add comment
        </Button>
      </div>
    </Form>
  )
}
