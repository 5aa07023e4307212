import type { ResultOf } from 'gql.tada'
import { useState } from 'react'
import { graphql } from '../../client/gql.ts'
import { useAction } from '../../client/mutation.ts'
import { usePageQuery } from '../../client/query.ts'
import { ListField } from '../../kit/form/ListField.tsx'
import { TaskState } from '../fragments.ts'
import type { LiveTask } from '../words.ts'
import { DialogState } from './DialogState.tsx'
import { FormDialog } from './FormDialog.tsx'

const PeopleQuery = graphql(`
  query TaskPeople($id: ID!) {
    task(id: $id) {
      id
      watchers
      watcherGroups
      resolvers
      resolverGroups
    }
  }
`)

const SetTaskPeople = graphql(
  `
    mutation SetTaskPeople($input: PeopleInput!) {
      setTaskPeople(input: $input) {
        id
        watchers
        watcherGroups
        resolvers
        resolverGroups
        ...TaskState_task
      }
    }
  `,
  [TaskState],
)

type People = NonNullable<ResultOf<typeof PeopleQuery>['task']>
type Group = 'resolvers' | 'resolverGroups' | 'watchers' | 'watcherGroups'

const fields: readonly { name: Group; label: string; hint?: string }[] = [
  { name: 'resolvers', label: 'Resolvers', hint: 'May approve it, command it and answer what it asks.' },
  { name: 'resolverGroups', label: 'Groups of resolvers' },
  { name: 'watchers', label: 'Watchers', hint: 'May look at it.' },
  { name: 'watcherGroups', label: 'Groups of watchers' },
]

interface EditPeopleProps {
  readonly task: LiveTask
  readonly onClose: () => void
}

/** Who may look at the task, and who may decide about it. */
export function EditPeople({ task, onClose }: EditPeopleProps) {
  const { data, problem, refetch } = usePageQuery(PeopleQuery, { id: task.id })
  return (
    <DialogState
      title="Watchers and resolvers"
      data={data?.task ?? undefined}
      problem={problem}
      onRetry={refetch}
      onClose={onClose}
    >
      {(people) => <PeopleForm task={task} people={people} onClose={onClose} />}
    </DialogState>
  )
}

function PeopleForm({ task, people, onClose }: EditPeopleProps & { people: People }) {
  const [lists, setLists] = useState<Record<Group, readonly string[]>>(people)
  const save = useAction(SetTaskPeople)
  const submit = async () => {
    const given = fields.map(({ name }) => [name, lists[name].map((one) => one.trim()).filter(Boolean)])
    const { problem } = await save.run({ input: { taskId: task.id, ...Object.fromEntries(given) } })
    if (!problem) onClose()
  }
  const problemOf = (name: Group) => save.problem?.fields.find((one) => one.name === name)?.message
  return (
    <FormDialog
      title="Watchers and resolvers"
      description="The owner and administrators may see and command the task in any case."
      verb="Save"
      isRunning={save.isRunning}
      problem={save.problem}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {fields.map(({ name, label, hint }) => (
        <ListField
          key={name}
          id={`people-${name}`}
          label={label}
          hint={hint}
          problem={problemOf(name)}
          values={lists[name]}
          onChange={(values) => setLists((before) => ({ ...before, [name]: values }))}
        />
      ))}
    </FormDialog>
  )
}
