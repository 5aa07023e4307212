import CheckCircleIcon from '@patternfly/react-icons/dist/esm/icons/check-circle-icon'
import { Link } from '@tanstack/react-router'
import type { ResultOf } from 'gql.tada'
import { graphql } from '../../client/gql.ts'
import { type NodeOf, nodesOf } from '../../client/nodes.ts'
import { paths } from '../../client/paths.ts'
import { usePageQuery } from '../../client/query.ts'
import { useSteadily } from '../../client/steady.ts'
import { Empty } from '../../kit/Empty.tsx'
import { Moment } from '../../kit/Moment.tsx'
import { Panel } from '../../kit/Panel.tsx'
import { Prose } from '../../kit/Prose.tsx'
import { QueryState } from '../../kit/QueryState.tsx'
import { StatusLabel } from '../../kit/StatusLabel.tsx'
import { stepStatus } from '../../kit/status.ts'
import { StepErrorView } from '../step/StepErrorView.tsx'
import { StepVerbs } from '../step/StepVerbs.tsx'
import { type LiveTask, stepsVersion } from '../words.ts'

const ErrorsQuery = graphql(`
  query TaskErrors($id: ID!) {
    task(id: $id) {
      id
      template {
        id
        troubleshooting
      }
      steps(first: 50, states: ["CLIENT_ERROR", "SERVER_ERROR", "FATAL_ERROR", "CRASHED", "AFTERRUN_ERROR"]) {
        edges {
          node {
            taskId
            no
            name
            action
            state
            tryCount
            endedAt
            dueAt
            errorSummary
            error {
              message
              kind
              detail
            }
            commands {
              verb
              allowed
              whyNot
            }
          }
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  }
`)

type FailedStep = NodeOf<NonNullable<ResultOf<typeof ErrorsQuery>['task']>['steps']>

/** Every step that stands in an error, with what it said. */
export function ErrorsTab({ task }: { task: LiveTask }) {
  const { data, problem, refetch } = usePageQuery(ErrorsQuery, { id: task.id })
  useSteadily(stepsVersion(task), refetch, { everyMs: 500 })
  return (
    <QueryState data={data?.task ?? undefined} problem={problem} onRetry={refetch}>
      {(found) => (
        <div className="st-stack">
          {found.steps.edges.length === 0 && (
            <Empty title="No step stands in an error" icon={CheckCircleIcon} level="h3" isSmall>
              {task.errorSummary ?? 'Tries that failed and were repeated stand with their step.'}
            </Empty>
          )}
          {found.template?.troubleshooting && found.steps.edges.length > 0 && (
            <div className="st-prose">
              <h2 className="st-prose__heading">What to try</h2>
              <Prose text={found.template.troubleshooting} />
            </div>
          )}
          {nodesOf(found.steps).map((step) => (
            <OneError key={step.no} task={task} step={step} />
          ))}
          {found.steps.pageInfo.hasNextPage && (
            <p className="st-quiet">
              These are the first {found.steps.edges.length}; a loop shows all of its failed items.
            </p>
          )}
        </div>
      )}
    </QueryState>
  )
}

function OneError({ task, step }: { task: LiveTask; step: FailedStep }) {
  const error = step.error ?? {
    message: step.errorSummary ?? 'No message was left.',
    kind: 'unknown',
    detail: null,
  }
  return (
    <Panel title={step.name} actions={<StatusLabel status={stepStatus(step)} isCompact />}>
      <div className="st-stack">
        <StepErrorView error={error} />
        <p className="st-quiet st-small">
          Action {step.action}
          {step.tryCount > 1 && ` · ${step.tryCount} tries`}
          {step.endedAt && (
            <>
              {' · '}
              <Moment at={step.endedAt} />
            </>
          )}
          {step.dueAt && (
            <>
              {' · next try '}
              <Moment at={step.dueAt} />
            </>
          )}
          {' · '}
          <Link {...paths.task(task.uuid, { tab: 'steps', step: step.no })}>Log and attempts</Link>
        </p>
        <StepVerbs taskId={task.id} step={step} />
      </div>
    </Panel>
  )
}
