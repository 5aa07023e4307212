import { Button } from '@patternfly/react-core'
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/search-icon'
import TaskIcon from '@patternfly/react-icons/dist/esm/icons/task-icon'
import { paths } from '../../client/paths.ts'
import type { TaskListSearch } from '../../client/search.ts'
import { Empty } from '../../kit/Empty.tsx'
import { ButtonLink } from '../../kit/links.tsx'

interface EmptyTasksProps {
  readonly search: TaskListSearch
  readonly onClear: () => void
}

/** Nothing matches the filter, or there is nothing at all: two different pages. */
export function EmptyTasks({ search, onClear }: EmptyTasksProps) {
  const isFiltered = Object.values(search).some((value) => value !== undefined)
  if (isFiltered) {
    return (
      <Empty
        title="No task matches"
        icon={SearchIcon}
        actions={
          <Button variant="secondary" onClick={onClear}>
            Show all tasks
          </Button>
        }
      >
        New tasks that match appear here by themselves.
      </Empty>
    )
  }
  return (
    <Empty
      title="No task yet"
      icon={TaskIcon}
      actions={
        <>
          <ButtonLink {...paths.start()}>First ten minutes</ButtonLink>
          <ButtonLink variant="secondary" {...paths.templates()}>
            Templates
          </ButtonLink>
        </>
      }
    >
      Run a template here, with <code className="st-code">stint run</code>, or report one from your own tools.
    </Empty>
  )
}
