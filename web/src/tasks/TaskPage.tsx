import './task.css'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type FragmentOf, readFragment } from 'gql.tada'
import { type ReactNode, useRef, useState } from 'react'
import { graphql } from '../client/gql.ts'
import { nodesOf } from '../client/nodes.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import type { TaskTab } from '../client/search.ts'
import { Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import { Sentence } from '../kit/Sentence.tsx'
import { StatusLabel } from '../kit/StatusLabel.tsx'
import { isFailedStep } from '../kit/status.ts'
import { useTabIcon } from '../kit/useTabIcon.ts'
import { StepRow, TaskState } from './fragments.ts'
import { ErrorBlock } from './page/ErrorBlock.tsx'
import { MissingTask } from './page/MissingTask.tsx'
import { TaskFacts, TaskFactsFragment } from './page/TaskFacts.tsx'
import { TaskProgress } from './page/TaskProgress.tsx'
import { TaskTabs } from './page/TaskTabs.tsx'
import { TaskVerbs } from './page/TaskVerbs.tsx'
import { useRelatedCounts } from './page/useRelatedCounts.ts'
import { useTaskLive } from './page/useTaskLive.ts'
import { isQueued, WhyBox } from './page/WhyBox.tsx'
import { isStuck, type StepOfList } from './step/steps.ts'
import { isOver, type LiveTask, sentenceOf, statusOf, tabWord } from './words.ts'

export const pageQuery = graphql(
  `
    query TaskPage($id: ID!) {
      task(id: $id) {
        id
        ...TaskState_task
        parent {
          id
          uuid
          title
        }
        ...TaskFacts_task
        steps(first: 100, parentNo: null) {
          edges {
            node {
              taskId
              no
              ...StepRow_step
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
        failed: steps(
          first: 10
          states: ["CLIENT_ERROR", "SERVER_ERROR", "FATAL_ERROR", "CRASHED", "AFTERRUN_ERROR"]
        ) {
          edges {
            node {
              taskId
              no
              ...StepRow_step
            }
          }
        }
      }
    }
  `,
  [TaskState, TaskFactsFragment, StepRow],
)

const route = getRouteApi('/signed-in/tasks/$taskId')

/** What is this task doing, and what can I do about it? */
export function TaskPage() {
  const { taskId } = route.useParams()
  const { data, problem, refetch } = usePageQuery(pageQuery, { id: taskId })
  const task = data?.task ? readFragment(TaskState, data.task) : undefined
  useTaskLive(taskId, task, refetch)
  const title = useLastTitle(taskId, task?.title)
  const trail = [
    <Link key="tasks" {...paths.tasks()}>
      Tasks
    </Link>,
  ]
  if (!data) {
    return (
      <Page title="Task" trail={trail}>
        <QueryState data={undefined} problem={problem} onRetry={refetch}>
          {() => null}
        </QueryState>
      </Page>
    )
  }
  if (!data.task || !task) {
    return (
      <Page title={title ?? 'Task'} trail={trail}>
        <MissingTask id={taskId} />
      </Page>
    )
  }
  const steps = nodesOf(data.task.steps).map((node) => readFragment(StepRow, node))
  const { hasNextPage, endCursor } = data.task.steps.pageInfo
  // Among more steps than are loaded here, and among the items of loops, the failed ones may be any.
  const candidates =
    hasNextPage || steps.some((step) => step.itemStates.length > 0)
      ? nodesOf(data.task.failed).map((node) => readFragment(StepRow, node))
      : steps
  return (
    <OneTask
      key={data.task.id}
      task={task}
      facts={data.task}
      steps={steps}
      failed={candidates.filter((step) => isFailedStep(step))}
      cursor={hasNextPage ? endCursor : null}
      trail={data.task.parent ? [...trail, parentLink(data.task.parent)] : trail}
    />
  )
}

/** What the task was called while it could be seen. */
function useLastTitle(id: string, title: string | undefined): string | undefined {
  const last = useRef({ id, title })
  if (title !== undefined || last.current.id !== id) last.current = { id, title }
  return last.current.title
}

const parentLink = ({ uuid, title }: { uuid: string; title: string }) => (
  <Link
    key={uuid}
    {...paths.task(uuid, { tab: 'children' })}
    className="st-trail__task st-ellipsis"
    title={title}
  >
    {title}
  </Link>
)

interface OneTaskProps {
  readonly task: LiveTask
  readonly facts: FragmentOf<typeof TaskFactsFragment>
  readonly steps: readonly StepOfList[]
  readonly failed: readonly StepOfList[]
  readonly cursor: string | null
  readonly trail: readonly ReactNode[]
}

/** The tab that matters: what went wrong, what somebody is to approve, or what it does. */
function firstTabOf(task: LiveTask, isFailed: boolean): TaskTab {
  if (isFailed && isOver(task)) return 'errors'
  return task.reason === 'APPROVAL' ? 'inputs' : 'steps'
}

function OneTask({ task, facts, steps, failed, cursor, trail }: OneTaskProps) {
  const search = route.useSearch()
  const status = statusOf(task)
  useTabIcon(status.tone)
  const related = useRelatedCounts(task)
  const isFailed = isStuck(task, failed)
  // Chosen once: a tab must not change under the reader when the task fails.
  const [chosen] = useState<TaskTab>(() => firstTabOf(task, isFailed))
  // What was asked for matters until it is approved; then what it does.
  const firstTab = chosen === 'inputs' && task.reason !== 'APPROVAL' ? 'steps' : chosen
  const sentence = sentenceOf(task)
  return (
    <Page
      title={task.title}
      tabTitle={`${tabWord(task)} · ${task.title}`}
      trail={trail}
      label={<StatusLabel status={status} isMoving />}
      facts={
        !isFailed &&
        !isQueued(task) &&
        sentence && (
          <span className="st-clamp st-break" title={sentence}>
            <Sentence text={sentence} />
          </span>
        )
      }
      actions={<TaskVerbs task={task} related={related} isStuck={isFailed} />}
    >
      <TaskProgress task={task} />
      <TaskFacts task={facts} />
      {isQueued(task) && <WhyBox task={task} />}
      {isFailed && <ErrorBlock task={task} failed={failed} />}
      <TaskTabs
        task={task}
        related={related}
        steps={steps}
        cursor={cursor}
        tab={search.tab ?? firstTab}
        step={search.step}
      />
    </Page>
  )
}
