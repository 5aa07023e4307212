import { cacheExchange, type KeyingConfig } from '@urql/exchange-graphcache'

const embedded = () => null

/**
 * Everything with an `id` is kept by it; what stands here is kept by another key, or belongs to the thing it was read
 * with. A test says when the agreement has a type that is missing.
 */
export const keys: KeyingConfig = {
  ActionType: embedded,
  Attempt: embedded,
  AuditEntryConnection: embedded,
  AuditEntryEdge: embedded,
  CommandAvailability: embedded,
  CreatedApiToken: embedded,
  CreatedTask: embedded,
  FieldProblem: embedded,
  Finding: embedded,
  InputProblem: embedded,
  OutputChunk: embedded,
  PageInfo: embedded,
  SavedTemplate: embedded,
  Server: () => 'server',
  Setting: (setting) => `${setting.name}`,
  Step: (step) => `${step.taskId}:${step.no}`,
  StepConnection: embedded,
  StepDependency: embedded,
  StepEdge: embedded,
  StepError: embedded,
  StepStateCount: embedded,
  Tag: embedded,
  TaskConnection: embedded,
  TaskCount: embedded,
  TaskEdge: embedded,
  TaskEvent: embedded,
  TasksChange: embedded,
  TemplateCheck: embedded,
  TemplateConnection: embedded,
  TemplateEdge: embedded,
  TemplateInput: embedded,
  TemplateProblem: embedded,
  TemplateStep: embedded,
  UserConnection: embedded,
  UserEdge: embedded,
  Why: embedded,
}

/** The normalised cache: a thing that changes anywhere changes everywhere it is shown. */
export const cache = () => cacheExchange({ keys })
