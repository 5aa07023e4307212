import { Label, LabelGroup } from '@patternfly/react-core'
import { Link } from '@tanstack/react-router'
import { type FragmentOf, readFragment } from 'gql.tada'
import { graphql } from '../../client/gql.ts'
import { paths } from '../../client/paths.ts'
import { useCan } from '../../client/session.ts'
import { Identifier } from '../../kit/CopyButton.tsx'
import { type Fact, Facts } from '../../kit/Facts.tsx'
import { Moment } from '../../kit/Moment.tsx'
import { exactText } from '../../kit/time.ts'

export const TaskFactsFragment = graphql(`
  fragment TaskFacts_task on Task {
    id
    uuid
    kind
    label
    owner
    resolvers
    resolverGroups
    watchers
    watcherGroups
    region
    takeovers
    createdAt
    startAt
    startBefore
    startedAt
    endedAt
    keptUntil
    kept
    tags {
      name
      value
    }
    template {
      id
      name
      version
    }
    executor {
      id
      host
    }
    parent {
      id
      uuid
      title
    }
  }
`)

const isSome = (...lists: readonly (readonly string[])[]) => lists.some((list) => list.length > 0)

/** Where it comes from and who is concerned. */
export function TaskFacts({ task: ref }: { task: FragmentOf<typeof TaskFactsFragment> }) {
  const task = readFragment(TaskFactsFragment, ref)
  const optional: (Fact | false)[] = [
    task.startedAt !== null && { name: 'Started', value: <Moment at={task.startedAt} /> },
    task.startedAt === null && { name: 'Created', value: <Moment at={task.createdAt} /> },
    task.startAt !== null &&
      task.startedAt === null && { name: 'Starts', value: <Moment at={task.startAt} /> },
    task.startBefore !== null &&
      task.startedAt === null && { name: 'Not after', value: <Moment at={task.startBefore} /> },
    task.endedAt !== null && { name: 'Ended', value: <Moment at={task.endedAt} /> },
    task.endedAt !== null && { name: 'Kept', value: <Kept until={task.keptUntil} sentence={task.kept} /> },
    task.executor !== null && {
      name: 'Executor',
      value: <ExecutorName executor={task.executor} />,
    },
    task.region !== null && { name: 'Region', value: task.region },
    task.takeovers > 0 && { name: 'Takeovers', value: task.takeovers },
    task.parent !== null && {
      name: 'Part of',
      value: <Link {...paths.task(task.parent.uuid)}>{task.parent.title}</Link>,
    },
    isSome(task.resolvers, task.resolverGroups) && {
      name: 'Resolvers',
      value: [...task.resolvers, ...task.resolverGroups].join(', '),
    },
    isSome(task.watchers, task.watcherGroups) && {
      name: 'Watchers',
      value: [...task.watchers, ...task.watcherGroups].join(', '),
    },
    task.tags.length > 0 && { name: 'Tags', value: <Tags tags={task.tags} /> },
  ]
  const facts: Fact[] = [
    { name: task.kind === 'REPORTED' ? 'Reported as' : 'Template', value: <Origin task={task} /> },
    { name: 'Owner', value: task.owner },
    ...optional.filter((fact): fact is Fact => fact !== false),
    { name: 'Identifier', value: <Identifier text={task.uuid} label="Copy the identifier" /> },
  ]
  return <Facts facts={facts} />
}

function ExecutorName({ executor }: { executor: { id: string; host: string } }) {
  const canLook = useCan('executor.view')
  return canLook ? <Link {...paths.executor(executor.id)}>{executor.host}</Link> : executor.host
}

/** The sentence says why; where there is an end, the instant says it shorter. */
function Kept({ until, sentence }: { until: string | null; sentence: string }) {
  if (until === null) return sentence
  return (
    <span title={sentence}>
      until <time dateTime={until}>{exactText(until)}</time>
    </span>
  )
}

function Origin({ task }: { task: { label: string; template: { name: string; version: number } | null } }) {
  if (!task.template) return task.label
  return (
    <>
      <Link {...paths.template(task.template.name, { version: task.template.version })}>
        {task.template.name}
      </Link>{' '}
      <span className="st-quiet st-nowrap">version {task.template.version}</span>
    </>
  )
}

function Tags({ tags }: { tags: readonly { name: string; value: string }[] }) {
  return (
    <LabelGroup numLabels={5} aria-label="Tags">
      {tags.map((tag) => (
        <Label key={tag.name} isCompact variant="outline">
          {tag.value ? `${tag.name}: ${tag.value}` : tag.name}
        </Label>
      ))}
    </LabelGroup>
  )
}
