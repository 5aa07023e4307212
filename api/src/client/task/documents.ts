import { document } from '../server/document.ts'

/** What a list shows of a task. */
export interface TaskLine {
  readonly uuid: string
  readonly label: string
  readonly title: string
  readonly state: string
  readonly result: string
  readonly reason: string | null
  readonly progress: number
  readonly owner: string
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly errorSummary: string | null
}

/** Selects `TaskLine`. */
export const line =
  'uuid label title state result reason progress owner createdAt startedAt endedAt errorSummary'

export interface TaskFilter {
  readonly states?: readonly string[]
  readonly results?: readonly string[]
  readonly labels?: readonly string[]
  readonly templateName?: string
  readonly mine?: boolean
  readonly text?: string
}

interface TaskPage {
  readonly tasks: {
    readonly edges: readonly { readonly node: TaskLine }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

export const tasksDocument = document<TaskPage, { filter: TaskFilter; first: number; after: string | null }>(`
  query CliTasks($filter: TaskFilter, $first: Int, $after: String) {
    tasks(filter: $filter, first: $first, after: $after) {
      edges { node { ${line} } }
      pageInfo { hasNextPage endCursor }
    }
  }`)

export interface StepLine {
  readonly no: number
  readonly name: string
  readonly parentNo: number | null
  readonly itemIndex: number | null
  readonly state: string
  readonly tryCount: number
  readonly attemptNo: number
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly dueAt: string | null
  readonly errorSummary: string | null
}

const stepLine = 'no name parentNo itemIndex state tryCount attemptNo startedAt endedAt dueAt errorSummary'

interface StepPage {
  readonly task: {
    readonly steps: {
      readonly edges: readonly { readonly node: StepLine }[]
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    }
  } | null
}

export const stepsDocument = document<
  StepPage,
  { id: string; after: string | null; states: readonly string[] | null }
>(`
  query CliSteps($id: ID!, $after: String, $states: [String!]) {
    task(id: $id) {
      steps(first: 100, after: $after, states: $states) {
        edges { node { ${stepLine} } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }`)

export interface Why {
  readonly code: string
  readonly sentence: string
  readonly taskId: string | null
  readonly dueAt: string | null
  readonly stepNo: number | null
}

export interface TaskDetail extends TaskLine {
  readonly kind: string
  readonly tags: readonly { readonly name: string; readonly value: string }[]
  readonly watchers: readonly string[]
  readonly resolvers: readonly string[]
  readonly priority: number
  readonly region: string | null
  readonly startAt: string | null
  readonly startBefore: string | null
  readonly stateUpdatedAt: string
  readonly kept: string
  readonly keptUntil: string | null
  readonly input: unknown
  readonly resolverInput: unknown
  readonly outcome: unknown
  readonly template: { readonly name: string; readonly version: number } | null
  readonly parent: { readonly uuid: string; readonly title: string } | null
  readonly dependsOn: readonly { readonly uuid: string; readonly title: string; readonly state: string }[]
  readonly why: Why | null
}

export const taskDocument = document<{ task: TaskDetail | null }, { id: string }>(`
  query CliTask($id: ID!) {
    task(id: $id) {
      ${line} kind tags { name value } watchers resolvers priority region startAt startBefore stateUpdatedAt kept keptUntil
      input resolverInput outcome
      template { name version }
      parent { uuid title }
      dependsOn { uuid title state }
      why { code sentence taskId dueAt stepNo }
    }
  }`)

export const whyDocument = document<{ task: (TaskLine & { why: Why | null }) | null }, { id: string }>(`
  query CliWhy($id: ID!) { task(id: $id) { ${line} why { code sentence taskId dueAt stepNo } } }`)

interface TaskCommand {
  readonly input: { readonly taskId: string; readonly reason?: string; readonly wait?: number }
}

function taskCommand<Name extends string>(name: Name) {
  return document<Record<Name, TaskLine>, TaskCommand>(
    `mutation Cli_${name}($input: TaskCommandInput!) { ${name}(input: $input) { ${line} } }`,
  )
}

export const cancelDocument = taskCommand('cancelTask')
export const pauseDocument = document<
  { pauseTask: TaskLine },
  { readonly input: TaskCommand['input'] & { readonly alone?: boolean } }
>(`mutation Cli_pauseTask($input: PauseTaskInput!) { pauseTask(input: $input) { ${line} } }`)
export const resumeDocument = taskCommand('resumeTask')
export const rejectDocument = taskCommand('rejectTask')
export const startOverDocument = taskCommand('startTaskOver')
export const extendDocument = taskCommand('extendTaskRetries')

interface StepCommand {
  readonly input: { readonly taskId: string; readonly stepNo: number; readonly reason?: string }
}

export const retryDocument = document<{ retryStep: TaskLine }, StepCommand>(
  `mutation CliRetry($input: StepCommandInput!) { retryStep(input: $input) { ${line} } }`,
)

export const skipDocument = document<{ skipStep: TaskLine }, StepCommand>(
  `mutation CliSkip($input: StepCommandInput!) { skipStep(input: $input) { ${line} } }`,
)

interface Review {
  readonly input: StepCommand['input'] & { readonly decision: string; readonly output?: unknown }
}

export const reviewAllDocument = document<
  { reviewAllSteps: TaskLine },
  { input: Omit<Review['input'], 'stepNo'> }
>(`mutation CliReviewAll($input: ReviewAllStepsInput!) { reviewAllSteps(input: $input) { ${line} } }`)

export const reviewDocument = document<{ reviewStep: TaskLine }, Review>(
  `mutation CliReview($input: ReviewStepInput!) { reviewStep(input: $input) { ${line} } }`,
)

export const resolveDocument = document<
  { resolveTask: TaskLine },
  { input: { taskId: string; resolverInput: Readonly<Record<string, unknown>> } }
>(`mutation CliResolve($input: ResolveTaskInput!) { resolveTask(input: $input) { ${line} } }`)

export const commentDocument = document<
  { commentTask: TaskLine },
  { input: { taskId: string; text: string } }
>(`mutation CliComment($input: CommentTaskInput!) { commentTask(input: $input) { ${line} } }`)

export interface CreateTask {
  readonly template: string
  readonly version?: number
  readonly input?: Readonly<Record<string, unknown>>
  readonly tags?: readonly { readonly name: string; readonly value: string }[]
  readonly resolverInput?: Readonly<Record<string, unknown>>
  readonly watchers?: readonly string[]
  readonly watcherGroups?: readonly string[]
  readonly resolvers?: readonly string[]
  readonly resolverGroups?: readonly string[]
  readonly locks?: readonly {
    readonly resource: string
    readonly mode: string
    readonly operation?: string
    readonly onConflict?: string
    readonly waitSeconds?: number
  }[]
  readonly links?: readonly string[]
  readonly dependsOn?: readonly string[]
  readonly startAt?: string
  readonly startBefore?: string
  readonly priority?: number
  readonly region?: string
  readonly idempotencyKey?: string
  readonly comment?: string
  readonly wait?: number
}

export type CreateTaskResult =
  | { readonly __typename: 'CreatedTask'; readonly task: TaskLine; readonly isNew: boolean }
  | {
      readonly __typename: 'InputProblem'
      readonly message: string
      readonly fields: readonly { readonly name: string; readonly message: string }[]
    }

export const createTaskDocument = document<{ createTask: CreateTaskResult }, { input: CreateTask }>(`
  mutation CliCreateTask($input: CreateTaskInput!) {
    createTask(input: $input) {
      __typename
      ... on CreatedTask { isNew task { ${line} } }
      ... on InputProblem { message fields { name message } }
    }
  }`)
