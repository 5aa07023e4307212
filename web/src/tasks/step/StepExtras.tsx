import { Title } from '@patternfly/react-core'
import { Link } from '@tanstack/react-router'
import { paths } from '../../client/paths.ts'
import { CopyButton } from '../../kit/CopyButton.tsx'
import { Moment } from '../../kit/Moment.tsx'
import type { JsonSchema } from '../../kit/schema/fields.ts'
import { AnswerInput } from '../input/AnswerInput.tsx'
import { LinkedTaskLine } from '../LinkedTask.tsx'
import { positionText } from '../locks/words.ts'
import type { LiveTask } from '../words.ts'
import type { StepDetail } from './useStepDetail.ts'

interface StepExtrasProps {
  readonly task: LiveTask
  readonly step: StepDetail
}

/** What a step that waits is waiting for: a person, a call, other tasks. */
export function StepExtras({ task, step }: StepExtrasProps) {
  const answer = step.commands.find((one) => one.verb === 'ANSWER_INPUT')
  return (
    <>
      {step.form !== null && (
        <section className="st-step-extra" aria-label="Question">
          <Title headingLevel="h3" size="md">
            {(step.form as JsonSchema).title ?? 'It asks'}
          </Title>
          <AnswerInput
            taskId={task.id}
            stepNo={step.no}
            schema={step.form as JsonSchema}
            whyNot={answer && !answer.allowed ? answer.whyNot : undefined}
          />
        </section>
      )}
      {step.limits.length > 0 && <Limits limits={step.limits} />}
      {step.callback && <Callback callback={step.callback} />}
      {step.childTasks.length > 0 && (
        <section className="st-step-extra" aria-label="Tasks of this step">
          <Title headingLevel="h3" size="md">
            Its tasks
          </Title>
          <ul className="st-lines">
            {step.childTasks.map((child) => (
              <li key={child.id}>
                <LinkedTaskLine task={child} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

/** Slots that it has or waits for. */
function Limits({ limits }: { limits: StepDetail['limits'] }) {
  return (
    <section className="st-step-extra" aria-label="Slots">
      <Title headingLevel="h3" size="md">
        Slots
      </Title>
      <ul className="st-lines">
        {limits.map(({ resource, state, position, capacity }) => (
          <li key={resource} className="st-line st-line--two">
            <Link {...paths.resource(resource)} className="st-code st-break">
              {resource}
            </Link>
            <span className="st-quiet st-small">
              {state === 'WAITING' ? positionText(position) : state.toLowerCase()}
              {capacity !== null && `, ${capacity.toLocaleString('en')} in all`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Callback({ callback }: { callback: NonNullable<StepDetail['callback']> }) {
  return (
    <section className="st-step-extra" aria-label="Callback">
      <Title headingLevel="h3" size="md">
        {callback.calledAt ? 'Was called back' : 'Waits to be called back'}
      </Title>
      {callback.calledAt ? (
        <p>
          <Moment at={callback.calledAt} />
        </p>
      ) : (
        <p className="st-row st-nowrap">
          <code className="st-code st-break">{callback.url}</code>
          <CopyButton text={callback.url} label="Copy the address to call" />
        </p>
      )}
      <p className="st-quiet st-small">
        Whoever knows this address may call it, once: <code className="st-code">POST</code> with a body in
        JSON.
        {callback.expiresAt && !callback.calledAt && (
          <>
            {' '}
            Not after <Moment at={callback.expiresAt} />.
          </>
        )}
      </p>
    </section>
  )
}
