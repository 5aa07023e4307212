import { lazy, Suspense } from 'react'
import { paths } from '../../client/paths.ts'
import { type TaskTab, taskTabs } from '../../client/search.ts'
import { useCan } from '../../client/session.ts'
import { RowsSkeleton } from '../../kit/QueryState.tsx'
import { TabBar, TabLink } from '../../kit/TabBar.tsx'
import { StepsTab } from '../step/StepsTab.tsx'
import type { StepOfList } from '../step/steps.ts'
import { useAllSteps } from '../step/useAllSteps.ts'
import { failedSteps, type LiveTask } from '../words.ts'
import { type RelatedCounts, tabCounts } from './useRelatedCounts.ts'

const TimelineTab = lazy(async () => ({ default: (await import('../tabs/TimelineTab.tsx')).TimelineTab }))
const GraphTab = lazy(async () => ({ default: (await import('../tabs/GraphTab.tsx')).GraphTab }))
const ErrorsTab = lazy(async () => ({ default: (await import('../tabs/ErrorsTab.tsx')).ErrorsTab }))
const ChildrenTab = lazy(async () => ({ default: (await import('../children/ChildrenTab.tsx')).ChildrenTab }))
const LocksTab = lazy(async () => ({ default: (await import('../locks/LocksTab.tsx')).LocksTab }))
const ActivityTab = lazy(async () => ({ default: (await import('../tabs/ActivityTab.tsx')).ActivityTab }))
const DependenciesTab = lazy(async () => ({
  default: (await import('../tabs/DependenciesTab.tsx')).DependenciesTab,
}))
const InputsTab = lazy(async () => ({ default: (await import('../tabs/InputsTab.tsx')).InputsTab }))
const ConsoleTab = lazy(async () => ({ default: (await import('../console/ConsoleTab.tsx')).ConsoleTab }))
const RawTab = lazy(async () => ({ default: (await import('../tabs/RawTab.tsx')).RawTab }))

const titles: Record<TaskTab, string> = {
  steps: 'Steps',
  timeline: 'Timeline',
  graph: 'Graph',
  errors: 'Errors',
  locks: 'Locks',
  children: 'Sub-tasks',
  activity: 'Activity',
  dependencies: 'Dependencies',
  inputs: 'Inputs and result',
  raw: 'Raw',
  console: 'Console',
}

interface TaskTabsProps {
  readonly task: LiveTask
  readonly related: RelatedCounts | undefined
  /** The first hundred; the rest is loaded here. */
  readonly steps: readonly StepOfList[]
  /** Where the rest begins; null when that is all. */
  readonly cursor: string | null
  readonly tab: TaskTab
  readonly step: number | undefined
}

/** The sides from which a task can be looked at; the address keeps which one, and the chosen step. */
export function TaskTabs({ task, related, steps: first, cursor, tab, step }: TaskTabsProps) {
  const steps = useAllSteps(task, first, cursor)
  const counts: Partial<Record<TaskTab, number | string>> = {
    ...tabCounts(related),
    steps: task.stepCount,
    errors: failedSteps(task),
  }
  const canLook = useCan('console')
  const shown = taskTabs.filter((one) => one !== 'console' || canLook)
  return (
    <section className="st-task-tabs" aria-label="Details">
      <TabBar label="Details of the task">
        {shown.map((one) => (
          <TabLink
            key={one}
            {...paths.task(task.uuid, { tab: one, step })}
            isCurrent={one === tab}
            count={counts[one]}
            replace
          >
            {titles[one]}
          </TabLink>
        ))}
      </TabBar>
      <div className="st-task-tabs__body">
        <Suspense fallback={<RowsSkeleton rows={4} />}>
          <OpenTab task={task} steps={steps} tab={tab} step={step} />
        </Suspense>
      </div>
    </section>
  )
}

type OpenTabProps = Omit<TaskTabsProps, 'related' | 'cursor'>

function OpenTab({ task, steps, tab, step }: OpenTabProps) {
  if (tab === 'timeline') return <TimelineTab task={task} steps={steps} />
  if (tab === 'graph') return <GraphTab task={task} steps={steps} chosen={step} />
  if (tab === 'errors') return <ErrorsTab task={task} />
  if (tab === 'children') return <ChildrenTab task={task} />
  if (tab === 'locks') return <LocksTab task={task} steps={steps} />
  if (tab === 'activity') return <ActivityTab task={task} steps={steps} />
  if (tab === 'dependencies') return <DependenciesTab task={task} />
  if (tab === 'inputs') return <InputsTab task={task} />
  if (tab === 'console') return <ConsoleTab task={task} />
  if (tab === 'raw') return <RawTab task={task} />
  return <StepsTab task={task} steps={steps} chosen={step} />
}
