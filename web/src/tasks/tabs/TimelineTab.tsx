import { Link } from '@tanstack/react-router'
import { graphql } from '../../client/gql.ts'
import { nodesOf } from '../../client/nodes.ts'
import { paths } from '../../client/paths.ts'
import { usePageQuery } from '../../client/query.ts'
import { useSteadily } from '../../client/steady.ts'
import { Timeline } from '../../kit/chart/Timeline.tsx'
import { useNow } from '../../kit/clock.ts'
import { Empty } from '../../kit/Empty.tsx'
import { Moment } from '../../kit/Moment.tsx'
import { StatusIcon } from '../../kit/StatusLabel.tsx'
import type { Tone } from '../../kit/status.ts'
import { durationText, scaleText } from '../../kit/time.ts'
import { phone, useMedia } from '../../kit/useMedia.ts'
import { loopStatus } from '../loop/items.ts'
import type { StepOfList } from '../step/steps.ts'
import { isOver, type LiveTask, stepsVersion } from '../words.ts'
import { segmentsOf, type TimedStep, ticksOf } from './timeline.ts'

const TimelineQuery = graphql(`
  query TaskTimeline($id: ID!) {
    task(id: $id) {
      id
      steps(first: 100, parentNo: null) {
        edges {
          node {
            taskId
            no
            attempts {
              no
              state
              startedAt
              endedAt
            }
          }
        }
      }
    }
  }
`)

const legend: readonly { tone: Tone; title: string; isWait?: boolean }[] = [
  { tone: 'idle', title: 'waited to start', isWait: true },
  { tone: 'running', title: 'runs' },
  { tone: 'success', title: 'done' },
  { tone: 'error', title: 'failed' },
  { tone: 'waiting', title: 'waits to go on', isWait: true },
]

interface TimelineTabProps {
  readonly task: LiveTask
  readonly steps: readonly StepOfList[]
}

/** When did which step run, and what did it wait for? */
export function TimelineTab({ task, steps }: TimelineTabProps) {
  const timed = useTimedSteps(task, steps)
  const ended = isOver(task) && task.endedAt ? new Date(task.endedAt).getTime() : undefined
  const now = useNow(ended !== undefined || task.state === 'PAUSED')
  const isPhone = useMedia(phone)
  if (!task.startedAt) {
    return (
      <Empty title="Not started yet" level="h3" isSmall>
        Bars appear here as soon as the first step runs.
      </Empty>
    )
  }
  const begin = new Date(task.startedAt).getTime()
  // A task that stands still would push all that happened into a corner: its axis ends where the last step did.
  const pausedAt = task.state === 'PAUSED' ? lastMoment(steps) : undefined
  const end = ended ?? pausedAt ?? now
  const byName = new Map(timed.map((step) => [step.name, step]))
  const rows = timed.map((step) => ({
    key: String(step.no),
    name: <StepName uuid={task.uuid} step={step} />,
    bars: segmentsOf(step, byName, begin, end).map((segment) => ({
      from: segment.from,
      to: segment.to,
      tone: segment.tone,
      isWait: segment.kind !== 'attempt',
      title: `${segment.title}, ${durationText(segment.to - segment.from)}`,
    })),
  }))
  const ticks = ticksOf(end - begin, isPhone ? 3 : 7).map((at) => ({
    at: begin + at,
    text: at === 0 ? '0' : scaleText(at),
  }))
  return (
    <div className="st-stack">
      <div className="st-legend">
        {legend.map((one) => (
          <span key={one.title}>
            <span
              className={`st-legend__mark st-tone-${one.tone} ${one.isWait ? 'st-legend__mark--wait' : ''}`}
            />
            {one.title}
          </span>
        ))}
      </div>
      {pausedAt !== undefined && (
        <p className="st-quiet st-small">
          Nothing has happened since <Moment at={new Date(pausedAt).toISOString()} />: the task is paused.
        </p>
      )}
      <Timeline
        label="Steps over time"
        rows={rows}
        begin={begin}
        end={end}
        ticks={ticks}
        now={ended === undefined && pausedAt === undefined ? now : undefined}
      />
    </div>
  )
}

/** When the last of the steps began or ended; undefined when none has begun. */
function lastMoment(steps: readonly StepOfList[]): number | undefined {
  const moments = steps.flatMap((step) => [step.startedAt, step.endedAt].filter((at) => at !== null))
  return moments.length > 0 ? Math.max(...moments.map((at) => new Date(at).getTime())) : undefined
}

function StepName({ uuid, step }: { uuid: string; step: TimedStep }) {
  return (
    <Link
      {...paths.task(uuid, { tab: 'steps', step: step.no })}
      className="st-timeline-name"
      title={step.name}
    >
      <StatusIcon status={loopStatus(step)} />
      <span className="st-ellipsis">{step.name}</span>
    </Link>
  )
}

/** The live rows joined with their recorded attempts, which are asked for again when a step ends one. */
function useTimedSteps(task: LiveTask, steps: readonly StepOfList[]): TimedStep[] {
  const { data, refetch } = usePageQuery(TimelineQuery, { id: task.id })
  useSteadily(stepsVersion(task), refetch, { everyMs: 700 })
  const attempts = new Map(nodesOf(data?.task?.steps).map((step) => [step.no, step.attempts]))
  return steps.map((step) => ({ ...step, attempts: attempts.get(step.no) ?? [] }))
}
