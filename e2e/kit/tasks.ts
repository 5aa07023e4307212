import { setTimeout as pause } from 'node:timers/promises'
import { type Api, Refused } from './api.ts'

export interface Attempt {
  readonly no: number
  readonly tryNo: number
  readonly state: string
  readonly executorId: string | null
}

export interface Step {
  readonly no: number
  readonly name: string
  readonly state: string
  readonly attempts: readonly Attempt[]
}

export interface Task {
  readonly id: string
  readonly uuid: string
  readonly title: string
  readonly state: string
  readonly result: string
  readonly reason: string | null
  readonly takeovers: number
}

const facts = 'id uuid title state result reason takeovers'
const patienceMs = 60_000

const createDocument = /* GraphQL */ `
  mutation Create($input: CreateTaskInput!) {
    createTask(input: $input) {
      __typename
      ... on CreatedTask { task { ${facts} } }
      ... on InputProblem { message fields { name message } }
    }
  }
`

type Created =
  | { readonly __typename: 'CreatedTask'; readonly task: Task }
  | { readonly __typename: 'InputProblem'; readonly message: string; readonly fields: readonly unknown[] }

/** Starts a template. `more` are other fields of the request, such as `wait` or `startAt`. */
export async function startTask(
  api: Api,
  template: string,
  input: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
): Promise<Task> {
  const { createTask } = await api.ask<{ createTask: Created }>(createDocument, {
    input: { template, input, ...more },
  })
  if (createTask.__typename === 'CreatedTask') return createTask.task
  throw new Refused('invalid-input', createTask.message, { fields: createTask.fields })
}

export async function readTask(api: Api, id: string): Promise<Task> {
  const { task } = await api.ask<{ task: Task }>(`query One($id: ID!) { task(id: $id) { ${facts} } }`, { id })
  return task
}

const stepsDocument = /* GraphQL */ `
  query Steps($id: ID!) {
    task(id: $id) {
      steps(first: 100) { edges { node { no name state attempts { no tryNo state executorId } } } }
    }
  }
`

/** All steps with everything that was tried. */
export async function readSteps(api: Api, id: string): Promise<Step[]> {
  type Data = { task: { steps: { edges: { node: Step }[] } } }
  const { task } = await api.ask<Data>(stepsDocument, { id })
  return task.steps.edges.map(({ node }) => node)
}

/** Asks until the task is as wanted; throws how it stands when it takes too long. */
export async function untilTask(api: Api, id: string, isReached: (task: Task) => boolean): Promise<Task> {
  const until = performance.now() + patienceMs
  for (;;) {
    const task = await readTask(api, id)
    if (isReached(task)) return task
    if (performance.now() > until) throw new Error(`still ${JSON.stringify(task)}`)
    await pause(100)
  }
}

/** Stores a template; throws what is wrong with it. */
export async function saveTemplate(api: Api, text: string): Promise<void> {
  const document = /* GraphQL */ `
    mutation Save($text: String!) {
      saveTemplate(input: { text: $text }) {
        ... on TemplateProblem { message }
      }
    }
  `
  const { saveTemplate } = await api.ask<{ saveTemplate: { message?: string } }>(document, { text })
  if (saveTemplate.message !== undefined) throw new Error(saveTemplate.message)
}

/** How many tasks there are altogether. */
export async function countTasks(api: Api): Promise<number> {
  const { taskCounts } = await api.ask<{ taskCounts: { count: number }[] }>('{ taskCounts { count } }')
  return taskCounts.reduce((sum, { count }) => sum + count, 0)
}

/** The name and newest version of every template. */
export async function listTemplates(api: Api): Promise<string[]> {
  type Data = { templates: { edges: { node: { name: string; version: number } }[] } }
  const { templates } = await api.ask<Data>('{ templates(first: 100) { edges { node { name version } } } }')
  return templates.edges.map(({ node }) => `${node.name} ${node.version}`).sort()
}
