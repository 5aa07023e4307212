import { document } from '../server/document.ts'
import { input as inputFields, type TemplateInput } from '../template/documents.ts'
import { line, type TaskLine } from './documents.ts'

/* Documents of the commands that change more than whether a task runs. */

export interface Dangerous {
  readonly input: { readonly taskId: string; readonly reason: string; readonly confirm: boolean }
}

function dangerous<Name extends string>(name: Name) {
  return document<Record<Name, TaskLine>, Dangerous>(
    `mutation Cli_${name}($input: DangerousCommandInput!) { ${name}(input: $input) { ${line} } }`,
  )
}

export const forceCancelDocument = dangerous('forceCancelTask')
export const unlockDocument = dangerous('unlockTask')
export const forceUnlockDocument = dangerous('forceUnlockTask')

export const consequencesDocument = document<
  { task: { readonly title: string; readonly consequences: readonly string[] } | null },
  { id: string; verb: string }
>(`query CliConsequences($id: ID!, $verb: TaskVerb!) { task(id: $id) { title consequences(verb: $verb) } }`)

export const setStepDocument = document<
  { setStepState: TaskLine },
  { input: { taskId: string; stepNo: number; state: string; reason?: string } }
>(`mutation CliSetStep($input: SetStepStateInput!) { setStepState(input: $input) { ${line} } }`)

export interface Tag {
  readonly name: string
  readonly value: string
}

/** What a task was asked with, as far as it is shown, and what its template asks for. */
export interface Request {
  readonly input: Readonly<Record<string, unknown>> | null
  readonly resolverInput: Readonly<Record<string, unknown>> | null
  readonly tags: readonly Tag[]
  readonly template: {
    readonly inputs: readonly TemplateInput[]
    readonly resolverInputs: readonly TemplateInput[]
  } | null
}

export const requestDocument = document<{ task: Request | null }, { id: string }>(`
  query CliRequest($id: ID!) {
    task(id: $id) {
      input resolverInput tags { name value }
      template { inputs { ${inputFields} } resolverInputs { ${inputFields} } }
    }
  }`)

export interface Edit {
  readonly taskId: string
  readonly input?: Readonly<Record<string, unknown>>
  readonly resolverInput?: Readonly<Record<string, unknown>>
  readonly tags?: readonly Tag[]
  readonly reason?: string
}

export type EditResult =
  | ({ readonly __typename: 'Task' } & TaskLine)
  | {
      readonly __typename: 'InputProblem'
      readonly message: string
      readonly fields: readonly { readonly name: string; readonly message: string }[]
    }

export const editDocument = document<{ editTaskRequest: EditResult }, { input: Edit }>(`
  mutation CliEdit($input: EditRequestInput!) {
    editTaskRequest(input: $input) {
      __typename
      ... on Task { ${line} }
      ... on InputProblem { message fields { name message } }
    }
  }`)

export interface People {
  readonly taskId: string
  readonly watchers?: readonly string[]
  readonly watcherGroups?: readonly string[]
  readonly resolvers?: readonly string[]
  readonly resolverGroups?: readonly string[]
}

export const peopleDocument = document<{ setTaskPeople: TaskLine }, { input: People }>(
  `mutation CliPeople($input: PeopleInput!) { setTaskPeople(input: $input) { ${line} } }`,
)
