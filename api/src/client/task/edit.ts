import { inputsError, usageError } from '../exit.ts'
import { readPairs, readTags } from '../run/values.ts'
import type { Terminal } from '../terminal/terminal.ts'
import {
  type Edit,
  editDocument,
  peopleDocument,
  type Request,
  requestDocument,
  setStepDocument,
  type Tag,
} from './control-documents.ts'
import { findStep, findTaskId, notFound } from './id.ts'
import { printTask } from './list.ts'

interface EditOptions {
  readonly resolverInput?: readonly string[]
  readonly tag?: readonly string[]
  readonly reason?: string
}

/** The whole form with the given values changed: what is shown masked goes back masked and stays what it is. */
function editOf(
  request: Request,
  pairs: readonly string[],
  { resolverInput = [], tag }: EditOptions,
): Partial<Edit> {
  const { inputs = [], resolverInputs = [] } = request.template ?? {}
  return {
    ...(pairs.length > 0 && { input: { ...request.input, ...readPairs(pairs, inputs) } }),
    ...(resolverInput.length > 0 && {
      resolverInput: { ...request.resolverInput, ...readPairs(resolverInput, resolverInputs) },
    }),
    ...(tag && { tags: withTags(request.tags, readTags(tag)) }),
  }
}

/** An empty value takes a tag away. */
function withTags(before: readonly Tag[], given: readonly Tag[]): Tag[] {
  const tags = new Map([...before, ...given].map(({ name, value }) => [name, value]))
  return [...tags].filter(([, value]) => value !== '').map(([name, value]) => ({ name, value }))
}

/** `stint task edit`. */
export async function edit(
  terminal: Terminal,
  text: string,
  pairs: readonly string[],
  options: EditOptions,
): Promise<number> {
  const taskId = await findTaskId(terminal.connection, text)
  const { task } = await terminal.connection.query(requestDocument, { id: taskId })
  if (task === null) throw notFound(taskId)
  const changes = editOf(task, pairs, options)
  if (Object.keys(changes).length === 0)
    throw usageError('Nothing to change.', 'Write key=value, --resolver-input key=value or --tag name=value.')
  const input = { taskId, ...changes, ...(options.reason && { reason: options.reason }) }
  const { editTaskRequest } = await terminal.connection.query(editDocument, { input })
  if (editTaskRequest.__typename === 'InputProblem') {
    throw inputsError(editTaskRequest)
  }
  printTask(terminal, editTaskRequest)
  return 0
}

interface PeopleOptions {
  readonly watchers?: string
  readonly watcherGroups?: string
  readonly resolvers?: string
  readonly resolverGroups?: string
}

const peopleLists = ['watchers', 'watcherGroups', 'resolvers', 'resolverGroups'] as const

const namesOf = (list: string) =>
  list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')

/** `stint task people`: each list that is given replaces the one that stands. */
export async function people(terminal: Terminal, text: string, options: PeopleOptions): Promise<number> {
  const lists = peopleLists.flatMap((name) => {
    const list = options[name]
    return list === undefined ? [] : [[name, namesOf(list)] as const]
  })
  if (lists.length === 0) throw usageError('Name somebody.', '--watchers ann,bob')
  const taskId = await findTaskId(terminal.connection, text)
  const input = { taskId, ...Object.fromEntries(lists) }
  const { setTaskPeople } = await terminal.connection.query(peopleDocument, { input })
  printTask(terminal, setTaskPeople)
  return 0
}

/** `stint task set-step`. */
export async function setStep(
  terminal: Terminal,
  text: string,
  step: string,
  state: string,
  { reason }: { readonly reason?: string },
): Promise<number> {
  const taskId = await findTaskId(terminal.connection, text)
  const { no: stepNo } = await findStep(terminal.connection, taskId, step)
  const input = { taskId, stepNo, state, ...(reason && { reason }) }
  const { setStepState } = await terminal.connection.query(setStepDocument, { input })
  printTask(terminal, setStepState)
  return 0
}
