import { Alert } from '@patternfly/react-core'
import { Link } from '@tanstack/react-router'
import { paths } from '../../client/paths.ts'
import { usePageQuery } from '../../client/query.ts'
import { useSteadily } from '../../client/steady.ts'
import { Sentence } from '../../kit/Sentence.tsx'
import { LinkedTasks } from '../LinkedTask.tsx'
import { keyOfLink, LinksQuery } from '../locks/links.ts'
import { modeText, positionText } from '../locks/words.ts'
import { type LiveTask, sentenceOf } from '../words.ts'

/** Does the task stand in a queue for a lock or a slot? */
export const isQueued = (task: Pick<LiveTask, 'reason' | 'state'>): boolean =>
  task.state === 'PENDING' && (task.reason === 'LOCK' || task.reason === 'CAPACITY')

const everyMs = 1000

/** Why a task that waits for a lock or a slot does not run: for what, in which place, and who stands in the way. */
export function WhyBox({ task }: { task: LiveTask }) {
  const { data, refetch } = usePageQuery(LinksQuery, { id: task.id })
  useSteadily(`${task.lastSeq} ${task.why?.sentence}`, refetch, { everyMs })
  const waiting = data?.task?.links.filter((link) => link.state === 'WAITING') ?? []
  return (
    <Alert
      variant="info"
      isInline
      component="h2"
      title={task.reason === 'LOCK' ? 'Waits for a lock' : 'Waits for a free slot'}
    >
      <div className="st-stack">
        {waiting.length === 0 ? (
          <p>
            <Sentence text={sentenceOf(task) ?? ''} />
          </p>
        ) : (
          <ul className="st-why">
            {waiting.map((link) => (
              <li key={keyOfLink(link)} className="st-why__one">
                <span>
                  <Link {...paths.resource(link.resource)} className="st-code">
                    {link.resource}
                  </Link>{' '}
                  <span className="st-quiet">
                    {modeText(link.mode, link.operation)}, {positionText(link.position)}
                  </span>
                </span>
                <LinkedTasks tasks={link.holders} absent="held by nobody you may see" />
              </li>
            ))}
          </ul>
        )}
        <p>
          <Link {...paths.task(task.uuid, { tab: 'locks' })}>All its locks</Link>
        </p>
      </div>
    </Alert>
  )
}
